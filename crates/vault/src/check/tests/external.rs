use super::*;

const ID: &str = "CREDENTIALS_VAULT-0123456789ABCDEF";

fn remote() -> Reference {
    Reference::Remote(ID.to_owned())
}

fn vault(method: SourceAuthMethod) -> ExternalVault {
    ExternalVault {
        vault_url: "https://vault.example.test:8200".into(),
        username_secret_name: String::new(),
        password_secret_name: String::new(),
        token_secret_name: "apikey".into(),
        location_for_synchronization_id: String::new(),
        method,
        extra: serde_json::Map::new(),
    }
}

fn hashicorp(secret_id: Reference) -> SourceAuthMethod {
    SourceAuthMethod::HashicorpApprole {
        path_to_credentials: "kv/shop".into(),
        role_id: "role".into(),
        secret_id,
        vault_namespace: "admin".into(),
    }
}

fn azure(client_id: Reference, client_secret: Reference) -> SourceAuthMethod {
    SourceAuthMethod::AzureClientSecret { tenant_id: "tenant".into(), client_id, client_secret }
}

fn cyberark() -> SourceAuthMethod {
    SourceAuthMethod::CyberarkAllowedLocation {
        application_id: "dynatrace".into(),
        safe_name: "shop".into(),
        account_name: "robot".into(),
        folder_name: String::new(),
        certificate: None,
    }
}

fn token_from(vault: ExternalVault) -> Case {
    Case::new(Details::Token { external_vault: Some(vault) })
}

fn login_from(mut vault: ExternalVault) -> Case {
    vault.token_secret_name.clear();
    Case::new(Details::UsernamePassword {
        user: String::new(),
        external_vault: Some(vault),
        allow_colon: false,
    })
}

fn some_draft() -> DraftId {
    DraftId::from_bytes([7; 16])
}

fn companion(credential_type: CredentialType) -> Option<ReferenceTarget> {
    Some(ReferenceTarget { credential_type, name: "vault access".into() })
}

#[test]
fn a_complete_form_needs_no_values() {
    let mut case = token_from(vault(hashicorp(Reference::Draft(some_draft()))));
    case.target = companion(CredentialType::Token);
    case.finds(&[]);
    login_from(vault(cyberark())).finds(&[]);
}

#[test]
fn every_form_says_which_fields_are_missing() {
    let empty = |method| ExternalVault {
        vault_url: String::new(),
        token_secret_name: String::new(),
        ..vault(method)
    };
    let none = Reference::default;
    token_from(empty(SourceAuthMethod::HashicorpApprole {
        path_to_credentials: String::new(),
        role_id: String::new(),
        secret_id: none(),
        vault_namespace: String::new(),
    }))
    .finds(&[
        "E externalVault.vaultUrl Required",
        "E externalVault.tokenSecretName Required",
        "E externalVault.pathToCredentials Required",
        "E externalVault.roleId Required",
        "E externalVault.vaultNamespace Required",
        "E externalVault.secretId Required",
    ]);
    login_from(empty(SourceAuthMethod::HashicorpCertificate {
        certificate: none(),
        path_to_credentials: String::new(),
    }))
    .finds(&[
        "E externalVault.vaultUrl Required",
        "E externalVault.usernameSecretName Required",
        "E externalVault.passwordSecretName Required",
        "E externalVault.pathToCredentials Required",
        "E externalVault.certificate Required",
    ]);
    token_from(empty(SourceAuthMethod::AzureClientSecret {
        tenant_id: String::new(),
        client_id: none(),
        client_secret: Reference::Literal(" ".into()),
    }))
    .finds(&[
        "E externalVault.vaultUrl Required",
        "E externalVault.tokenSecretName Required",
        "E externalVault.tenantId Required",
        "E externalVault.clientId Required",
        "E externalVault.clientSecret Required",
    ]);
    login_from(empty(SourceAuthMethod::CyberarkUsernamePassword {
        application_id: String::new(),
        safe_name: String::new(),
        account_name: String::new(),
        folder_name: String::new(),
        username_password_for_cpm: none(),
        certificate: None,
    }))
    .finds(&[
        "E externalVault.vaultUrl Required",
        "E externalVault.applicationId Required",
        "E externalVault.safeName Required",
        "E externalVault.accountName Required",
        "E externalVault.usernamePasswordForCPM Required",
    ]);
}

#[test]
fn only_synthetic_goes_with_an_external_vault() {
    let case = |names: &[&str]| login_from(vault(cyberark())).change(|meta| meta.scopes = scopes(names));
    case(&["APP_ENGINE"]).finds(&["E scopes ScopeMismatch"]);
    case(&["APP_ENGINE", "SYNTHETIC"]).finds(&["W scopes ScopeMismatch"]);
}

#[test]
fn a_token_does_not_come_from_cyberark() {
    token_from(ExternalVault { token_secret_name: String::new(), ..vault(cyberark()) })
        .finds(&["E externalVault.sourceAuthMethod Malformed"]);
}

#[test]
fn names_that_a_form_does_not_use_are_told() {
    let mut unused = vault(cyberark());
    unused.username_secret_name = "user".into();
    login_from(unused).finds(&["W externalVault.usernameSecretName Advice"]);
}

#[test]
fn the_address_is_an_https_url() {
    for (url, expected) in [
        ("http://vault.example.test", &["W externalVault.vaultUrl Advice"][..]),
        ("ftp://vault.example.test", &["E externalVault.vaultUrl Malformed"]),
        ("vault.example.test:8200", &["E externalVault.vaultUrl Malformed"]),
        ("vault", &["E externalVault.vaultUrl Malformed"]),
        ("https://", &["E externalVault.vaultUrl Malformed"]),
        ("mailto:a@b.test", &["E externalVault.vaultUrl Malformed"]),
        ("https://u:m4rker-Secret-value@vault.example.test", &["E externalVault.vaultUrl Malformed"]),
        ("https://vault.example.test\n", &["W externalVault.vaultUrl StrayWhitespace"]),
        ("https://[2001:db8::1]:8200/v1", &[]),
    ] {
        login_from(ExternalVault { vault_url: url.into(), ..vault(cyberark()) }).finds(expected);
    }
}

#[test]
fn references_exist_fit_and_do_not_point_back() {
    let draft = some_draft();
    let case = || token_from(vault(hashicorp(Reference::Draft(draft))));
    case().finds(&["E externalVault.secretId BadReference"]);
    let mut wrong_type = case();
    wrong_type.target = companion(CredentialType::Certificate);
    wrong_type.finds(&["E externalVault.secretId BadReference"]);
    let mut itself = case();
    itself.target = companion(CredentialType::Token);
    itself.self_id = Some(draft);
    itself.finds(&["E externalVault.secretId BadReference"]);
    for (reference, expected) in [
        (remote(), "W externalVault.secretId Advice"),
        (Reference::Remote("42069".into()), "W externalVault.secretId BadReference"),
        (Reference::Remote("CREDENTIALS_VAULT-".into()), "W externalVault.secretId BadReference"),
        (Reference::Literal(MARKER.into()), "E externalVault.secretId BadReference"),
    ] {
        token_from(vault(hashicorp(reference))).finds(&[expected]);
    }
}

#[test]
fn azure_takes_literals_with_a_warning() {
    token_from(vault(azure(Reference::Literal(MARKER.into()), Reference::Literal(MARKER.into()))))
        .finds(&["W externalVault.clientId Advice", "W externalVault.clientSecret Advice"]);
}
