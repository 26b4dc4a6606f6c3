//! Drafts of every type with a marker in every secret field: what the searches for leaks look for.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Password of the login.
pub const PASSWORD: &str = "canary-password-zebra-01";
/// The token.
pub const TOKEN: &str = "canary-token-zebra-02";
/// SNMP authentication.
pub const AUTHENTICATION: &str = "canary-authentication-zebra-04";
/// SNMP privacy.
pub const PRIVACY: &str = "canary-privacy-zebra-05";
/// AWS.
pub const SECRET_KEY: &str = "canary-secret-key-zebra-06";
/// Password of the login in one environment.
pub const OVERRIDE: &str = "canary-override-zebra-08";
/// The token after its rotation.
pub const ROTATED: &str = "canary-rotated-zebra-09";
/// Password of a proxy.
pub const PROXY: &str = "canary-proxy-zebra-10";
/// A user's name: lists show it, but on disk it must not stand in clear.
pub const USER: &str = "canary-user-zebra-07";
/// Protects the PKCS#12 file of the fixtures.
pub const FILE_PASSWORD: &str = "fixture-password";

/// Names of the drafts in [`bodies`].
pub const NAMES: [&str; 9] =
    ["login", "token", "pkcs12", "pem", "public", "public pkcs12", "snmp", "aws key", "aws role"];
/// Kept with its password and never sent: a public certificate travels without one.
pub const BLOCKED: &str = "public pkcs12";

#[expect(clippy::expect_used, reason = "a test without its fixture must fail")]
fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/certs").join(name);
    std::fs::read(path).expect("the fixture is there")
}

/// Every secret in [`bodies`], and those put in later; of the files, a line of the private key and a piece of the PKCS#12 as it is sent.
///
/// # Panics
/// If a fixture is missing or holds no key.
#[must_use]
#[expect(clippy::expect_used, reason = "a test without its fixture must fail")]
pub fn secrets() -> Vec<String> {
    let pem = String::from_utf8_lossy(&fixture("leaf-with-key.pem")).into_owned();
    let key = pem.lines().skip_while(|line| !line.contains("PRIVATE KEY")).nth(1);
    let key = key.expect("the fixture holds a key");
    let pkcs12 = STANDARD.encode(fixture("modern.p12"));
    let piece = &pkcs12[400..440];
    [
        PASSWORD,
        TOKEN,
        FILE_PASSWORD,
        AUTHENTICATION,
        PRIVACY,
        SECRET_KEY,
        OVERRIDE,
        ROTATED,
        PROXY,
        key,
        piece,
    ]
    .map(str::to_owned)
    .to_vec()
}

/// The body of the login.
#[must_use]
pub fn login(description: &str) -> String {
    format!(
        r#"{{"type":"USERNAME_PASSWORD","name":"login","description":"{description}","scopes":["SYNTHETIC"],"ownerAccessOnly":true,"user":"{USER}","password":"{PASSWORD}"}}"#
    )
}

/// Bodies of all seven types and of both certificate formats, as an array.
///
/// # Panics
/// If a fixture is missing.
#[must_use]
pub fn bodies() -> String {
    let pkcs12 = STANDARD.encode(fixture("modern.p12"));
    let pem = STANDARD.encode(fixture("leaf-with-key.pem"));
    let public = STANDARD.encode(fixture("leaf.pem"));
    let file_password = STANDARD.encode(FILE_PASSWORD);
    format!(
        r#"[{login},
        {{"type":"TOKEN","name":"token","scopes":["SYNTHETIC"],"ownerAccessOnly":true,"token":"{TOKEN}"}},
        {{"type":"CERTIFICATE","name":"pkcs12","scopes":["SYNTHETIC"],"ownerAccessOnly":true,"certificate":"{pkcs12}","certificateFormat":"PKCS12","password":"{file_password}"}},
        {{"type":"CERTIFICATE","name":"pem","scopes":["SYNTHETIC"],"ownerAccessOnly":true,"certificate":"{pem}","certificateFormat":"PEM","password":""}},
        {{"type":"PUBLIC_CERTIFICATE","name":"public","scopes":["EXTENSION"],"ownerAccessOnly":true,"certificate":"{public}","certificateFormat":"PEM","password":""}},
        {{"type":"PUBLIC_CERTIFICATE","name":"{BLOCKED}","scopes":["EXTENSION"],"ownerAccessOnly":true,"certificate":"{pkcs12}","certificateFormat":"PKCS12","password":"{file_password}"}},
        {{"type":"SNMPV3","name":"snmp","scopes":["EXTENSION_AUTHENTICATION"],"ownerAccessOnly":true,"securityLevel":"AUTH_PRIV","username":"monitor",
          "authenticationProtocol":"SHA256","authenticationPassword":"{AUTHENTICATION}","privacyProtocol":"AES256","privacyPassword":"{PRIVACY}"}},
        {{"type":"AWS_MONITORING_KEY_BASED","name":"aws key","scopes":["CLOUDS_MONITORING_AUTHENTICATION"],"ownerAccessOnly":true,
          "accessKeyID":"AKIAEXAMPLEEXAMPLE00","secretKey":"{SECRET_KEY}","awsPartition":"DEFAULT"}},
        {{"type":"AWS_MONITORING_ROLE_BASED","name":"aws role","scopes":["CLOUDS_MONITORING_AUTHENTICATION"],"ownerAccessOnly":true,
          "accountID":"012345678901","iamRole":"role"}}]"#,
        login = login("first"),
    )
}
