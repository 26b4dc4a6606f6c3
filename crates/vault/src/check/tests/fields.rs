use super::*;

#[test]
fn a_complete_draft_of_each_type_has_no_finding() {
    login("robot").finds(&[]);
    token().finds(&[]);
    snmp("AUTH_PRIV", Some("SHA256"), Some("AES256C")).finds(&[]);
    aws_key("AKIAEXAMPLEEXAMPLE00", "US_GOV").finds(&[]);
    aws_role("012345678901", "Dynatrace_monitoring_role").finds(&[]);
}

#[test]
fn what_is_set_but_sealed_counts_as_set() {
    let mut case = login("robot");
    case.values = None;
    case.finds(&[]);
}

#[test]
fn each_type_says_which_fields_are_missing() {
    let nothing = |details| {
        let mut case = Case::new(details);
        case.set.clear();
        case.values = None;
        case
    };
    nothing(Details::UsernamePassword { user: " ".into(), external_vault: None, allow_colon: false })
        .finds(&["E user Required", "E password Required"]);
    nothing(Details::Token { external_vault: None }).finds(&["E token Required"]);
    let snmp = |level: &str| Details::SnmpV3 {
        username: String::new(),
        security_level: level.into(),
        authentication_protocol: None,
        privacy_protocol: None,
    };
    nothing(snmp("")).finds(&["E username Required", "E securityLevel Required"]);
    nothing(snmp("NO_AUTH_NO_PRIV")).finds(&["E username Required"]);
    nothing(snmp("AUTH_NO_PRIV")).finds(&[
        "E username Required",
        "E authenticationProtocol Required",
        "E authenticationPassword Required",
    ]);
    nothing(snmp("AUTH_PRIV")).finds(&[
        "E username Required",
        "E authenticationProtocol Required",
        "E authenticationPassword Required",
        "E privacyProtocol Required",
        "E privacyPassword Required",
    ]);
    nothing(Details::AwsKeyBased { access_key_id: String::new(), aws_partition: String::new() }).finds(&[
        "E accessKeyID Required",
        "E secretKey Required",
        "E awsPartition Required",
    ]);
    nothing(Details::AwsRoleBased { account_id: String::new(), iam_role: String::new() })
        .finds(&["E accountID Required", "E iamRole Required"]);
}

#[test]
fn an_empty_value_is_not_a_secret() {
    login("robot").secret(SecretField::Password, "").finds(&["E password Required"]);
    token().secret(SecretField::Token, "").finds(&["E token Required"]);
}

#[test]
fn a_name_is_required_and_white_space_is_none() {
    for name in ["", " ", "\n\t"] {
        token().change(|meta| meta.name = name.to_owned()).finds(&["E name Required"]);
    }
}

#[test]
fn white_space_from_a_paste_is_told_and_never_blocks() {
    for (value, expected) in [
        ("x ", &["W token StrayWhitespace"][..]),
        ("x\n", &["W token StrayWhitespace"]),
        ("x\r\n", &["W token StrayWhitespace"]),
        (" x", &["W token StrayWhitespace"]),
        ("\nx", &["W token StrayWhitespace"]),
        ("   ", &["W token StrayWhitespace"]),
        ("a\nb", &["W token Malformed"]),
        ("a\u{0}b", &["W token Malformed"]),
        ("a b", &[]),
    ] {
        let case = token().secret(SecretField::Token, value);
        assert!(can_publish(&case.issues()));
        case.finds(expected);
    }
    login("robot\n").finds(&["W user StrayWhitespace"]);
    login("ro\tbot").finds(&["W user Malformed"]);
    login("robot").secret(SecretField::Password, "p\n").finds(&["W password StrayWhitespace"]);
    token().change(|meta| meta.name.push('\n')).finds(&["W name StrayWhitespace"]);
    token().change(|meta| meta.description = "two\nlines\u{7}".into()).finds(&["W description Malformed"]);
    token().change(|meta| meta.description = "two\n\tlines".into()).finds(&[]);
}

#[test]
fn a_secret_that_is_no_text_cannot_be_sent() {
    let mut case = token();
    case.values.as_mut().unwrap().set(SecretField::Token, SecretValue::new(vec![0xFF]));
    case.finds(&["E token Malformed"]);
}

#[test]
fn a_colon_in_the_user_blocks_until_it_is_allowed() {
    login("a:b").finds(&["E user ColonInUser"]);
    login("a:b")
        .change(|meta| {
            if let Details::UsernamePassword { allow_colon, .. } = &mut meta.details {
                *allow_colon = true;
            }
        })
        .finds(&["W user ColonInUser"]);
    login("SHOP\\robot").finds(&["W user Advice"]);
}

#[test]
fn snmp_knows_its_levels_and_protocols() {
    for (level, authentication, privacy, expected) in [
        ("NO_AUTH_NO_PRIV", None, None, &["W authenticationPassword Advice", "W privacyPassword Advice"][..]),
        ("AUTH_NO_PRIV", Some("SHA"), None, &["W privacyPassword Advice"]),
        ("AUTH_NO_PRIV", Some("SHA"), Some("AES"), &["W privacyProtocol Advice", "W privacyPassword Advice"]),
        (
            "AUTH_NO_PRIV",
            Some("SHA-256"),
            None,
            &["E authenticationProtocol UnknownValue", "W privacyPassword Advice"],
        ),
        ("AUTH_PRIV", Some("SHA"), Some("AES512"), &["E privacyProtocol UnknownValue"]),
        ("AUTH_PRIV", Some("sha"), Some("AES"), &["E authenticationProtocol UnknownValue"]),
        ("AUTH_PRIV", Some(""), Some("AES"), &["E authenticationProtocol Required"]),
        ("authPriv", Some("SHA"), Some("AES"), &["E securityLevel UnknownValue"]),
    ] {
        snmp(level, authentication, privacy).finds(expected);
    }
}

#[test]
fn short_snmp_passphrases_warn_from_seven_characters_down() {
    let case =
        |value| snmp("AUTH_PRIV", Some("SHA"), Some("AES")).secret(SecretField::PrivacyPassword, value);
    case("1234567").finds(&["W privacyPassword ShortPassphrase"]);
    case("äöüäöüä").finds(&["W privacyPassword ShortPassphrase"]);
    case("12345678").finds(&[]);
    case("").finds(&["E privacyPassword Required"]);
}

#[test]
fn aws_fields_have_the_shapes_of_aws() {
    const ROLE: &str = "Dynatrace_monitoring_role";
    for account in
        ["12345678901", "1234567890123", "1234-5678-901", "01234567890a", "١٢٣٤٥٦٧٨٩٠١٢", " 012345678901"]
    {
        aws_role(account, ROLE).finds(&["E accountID Malformed"]);
    }
    for (role, expected) in [
        ("arn:aws:iam::012345678901:role/x", &["E iamRole Malformed"][..]),
        ("path/role", &["W iamRole Malformed"]),
        ("role ", &["W iamRole StrayWhitespace"]),
        ("a".repeat(65).as_str(), &["W iamRole Malformed"]),
    ] {
        aws_role("012345678901", role).finds(expected);
    }
    for (key, expected) in [
        ("AKIAEXAMPLE", &["W accessKeyID Malformed"][..]),
        ("akiaexampleexample00", &["W accessKeyID Malformed"]),
        ("ASIAEXAMPLEEXAMPLE00", &["W accessKeyID Advice"]),
        ("AKIAEXAMPLEEXAMPLE00\n", &["W accessKeyID StrayWhitespace"]),
    ] {
        aws_key(key, "DEFAULT").finds(expected);
    }
    for partition in ["AWS_DEFAULT", "default", "EU"] {
        aws_key("AKIAEXAMPLEEXAMPLE00", partition).finds(&["E awsPartition UnknownValue"]);
    }
}

#[test]
fn scopes_are_required_and_known_ones_fit_the_type() {
    let with = |case: Case, names: &[&str]| case.change(|meta| meta.scopes = scopes(names));
    with(token(), &[]).finds(&["E scopes Required"]);
    with(token(), &[""]).finds(&["E scopes Required"]);
    with(token(), &["", "SYNTHETIC"]).finds(&["E scopes Malformed"]);
    with(token(), &["UNKNOWN"]).finds(&["E scopes UnknownValue"]);
    with(token(), &["ALL"]).finds(&["W scopes UnknownValue"]);
    with(token(), &["NEW_THING"]).finds(&["W scopes UnknownValue"]);
    with(token(), &["EXTENSION"]).finds(&["W scopes ScopeMismatch"]);
    with(token(), &["EXTENSION_AUTHENTICATION"]).finds(&["W scopes ScopeMismatch"]);
    with(token(), &["CLOUDS_MONITORING_AUTHENTICATION"]).finds(&["W scopes ScopeMismatch"]);
    with(login("robot"), &["SYNTHETIC", "EXTENSION_AUTHENTICATION", "APP_ENGINE"]).finds(&[]);
    with(aws_role("012345678901", "role"), &["SYNTHETIC"]).finds(&["W scopes ScopeMismatch"]);
    with(aws_role("012345678901", "role"), &["APP_ENGINE"]).finds(&[]);
}

#[test]
fn the_contextless_rule_of_1_337_is_checked_before_sending() {
    let case = |scope: &str, owner_only: bool, entities: &[AllowedEntity]| {
        token().change(|meta| {
            meta.scopes = scopes(&[scope]);
            meta.allow_contextless_requests = true;
            meta.owner_access_only = owner_only;
            meta.allowed_entities = entities.iter().cloned().collect();
        })
    };
    let user = entity("USER", "ops@example.test");
    let app = entity("APPLICATION", "my.example.app");
    case("APP_ENGINE", true, &[]).finds(&[]);
    case("APP_ENGINE", false, std::slice::from_ref(&user)).finds(&[]);
    case("APP_ENGINE", false, &[app]).finds(&["E allowContextlessRequests ContextlessRule"]);
    case("APP_ENGINE", false, &[]).finds(&["E allowContextlessRequests ContextlessRule"]);
    case("SYNTHETIC", true, &[]).finds(&["E allowContextlessRequests ScopeMismatch"]);
    case("SYNTHETIC", false, &[])
        .finds(&["E allowContextlessRequests ScopeMismatch", "E allowContextlessRequests ContextlessRule"]);
    case("SYNTHETIC", false, &[user]).finds(&["E allowContextlessRequests ScopeMismatch"]);
}

#[test]
fn entries_need_a_kind_and_an_id() {
    let case = |entities: &[AllowedEntity]| {
        token().change(|meta| meta.allowed_entities = entities.iter().cloned().collect())
    };
    case(&[entity("USER", "")]).finds(&["E allowedEntities[0].id Required"]);
    case(&[entity("USER", "a"), entity("USER", "b ")]).finds(&["W allowedEntities[1].id StrayWhitespace"]);
    case(&[entity("UNKNOWN", "a")]).finds(&["E allowedEntities[0].type UnknownValue"]);
    case(&[entity("", "a")]).finds(&["E allowedEntities[0].type UnknownValue"]);
    case(&[entity("GROUP", "a")]).finds(&["W allowedEntities[0].type UnknownValue"]);
    case(&[entity("APPLICATION", "my.app")]).finds(&["W allowedEntities[0].type ScopeMismatch"]);
    case(&[entity("USER", "a")])
        .change(|meta| meta.owner_access_only = true)
        .finds(&["W allowedEntities[0].type Advice"]);
}

#[test]
fn extensions_do_not_find_what_only_the_owner_sees() {
    snmp("AUTH_PRIV", Some("SHA"), Some("AES"))
        .change(|meta| meta.owner_access_only = true)
        .finds(&["W ownerAccessOnly Advice"]);
}

#[test]
fn dates_of_expiry_warn_thirty_days_ahead() {
    for (at, expected) in [
        (in_days(-1), &["W expiresAt Expired"][..]),
        (NOW, &["W expiresAt Expired"]),
        (Timestamp::from_millis(NOW.as_millis() + 1), &["W expiresAt ExpiresSoon"]),
        (in_days(30), &["W expiresAt ExpiresSoon"]),
        (in_days(31), &[]),
        (Timestamp::from_millis(i64::MIN), &["W expiresAt Expired"]),
        (Timestamp::from_millis(i64::MAX), &[]),
    ] {
        token().change(|meta| meta.expires_at = Some(at)).finds(expected);
    }
}

#[test]
fn a_request_over_a_megabyte_is_refused_here() {
    token().change(|meta| meta.description = "x".repeat(1_000_001)).finds(&["E  TooLarge"]);
    token().secret(SecretField::Token, &"x".repeat(999_000)).finds(&[]);
    token().secret(SecretField::Token, &"\"".repeat(500_001)).finds(&["E  TooLarge"]);
}

#[test]
fn an_unknown_type_is_kept_and_never_published() {
    let details = Details::Unknown { type_name: "NEW".into(), fields: serde_json::Map::new() };
    let case = Case::new(details).change(|meta| meta.name.clear());
    assert!(!can_publish(&case.issues()));
    case.finds(&["E type UnknownType"]);
}

#[test]
fn app_engine_does_not_go_to_managed() {
    let case = token().change(|meta| meta.scopes = scopes(&["APP_ENGINE", "SYNTHETIC"]));
    assert_eq!(
        check_for_environment(&case.meta, true).iter().map(short).collect::<Vec<_>>(),
        ["E scopes AppEngineOnManaged"]
    );
    assert!(check_for_environment(&case.meta, false).is_empty());
    assert!(check_for_environment(&token().meta, true).is_empty());
}

#[test]
fn strength_goes_from_zero_to_four() {
    assert_eq!(strength(&SecretValue::from("")), 0);
    assert_eq!(strength(&SecretValue::from("password")), 0);
    assert!(strength(&SecretValue::from("Tr0ub4dour&3")) < 4);
    assert_eq!(strength(&SecretValue::from("7vQ#x!m2Lp@9sRk4Wz")), 4);
    assert_eq!(strength(&SecretValue::new(vec![0xFF; 32])), 4);
}

#[test]
fn strength_of_a_long_value_is_quick() {
    let start = std::time::Instant::now();
    let _ = strength(&SecretValue::from("ab1".repeat(500_000)));
    assert!(start.elapsed() < std::time::Duration::from_secs(5));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
    #[test]
    fn no_text_makes_the_checks_panic(text in "\\PC{0,60}|[\\x00-\\x1F :\\\\]{0,9}") {
        let _ = strength(&SecretValue::from(text.as_str()));
        for case in [
            login(&text).secret(SecretField::Password, &text),
            token().change(|meta| { meta.name = text.clone(); meta.scopes = scopes(&[&text]); }),
            snmp(&text, Some(&text), Some(&text)),
            aws_key(&text, &text),
            aws_role(&text, &text),
        ] {
            case.issues();
        }
    }
}
