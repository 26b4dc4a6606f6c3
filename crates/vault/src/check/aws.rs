//! `AWS_MONITORING_KEY_BASED` and `AWS_MONITORING_ROLE_BASED` (contract 2.9 and 2.10).

use super::{CheckInput, Issue, IssueCode, text};
use crate::draft::Details;
use crate::secret::SecretField;

const PARTITIONS: [&str; 3] = ["DEFAULT", "CHINA", "US_GOV"];

pub(super) fn check(input: &CheckInput<'_>, issues: &mut Vec<Issue>) {
    match &input.meta.details {
        Details::AwsKeyBased { access_key_id, aws_partition } => {
            check_access_key(access_key_id, issues);
            text::required_secret(input.secrets, SecretField::SecretKey, "the secret key", issues);
            text::one_of("awsPartition", aws_partition, &PARTITIONS, "an AWS partition", issues);
        }
        Details::AwsRoleBased { account_id, iam_role } => {
            check_account(account_id, issues);
            check_role(iam_role, issues);
        }
        _ => {}
    }
}

fn check_access_key(value: &str, issues: &mut Vec<Issue>) {
    const PATH: &str = "accessKeyID";
    if !text::required(PATH, value, "the access key ID", issues) {
        return;
    }
    text::stray_whitespace(PATH, value, issues);
    let id = value.trim();
    let shaped = id.len() == 20 && id.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    if id.starts_with("ASIA") {
        issues.push(Issue::warning(
            PATH,
            IssueCode::Advice,
            "An access key ID that starts with ASIA is temporary and needs a session token, which the set can't hold. Use a key that starts with AKIA.",
        ));
    } else if !(shaped && id.starts_with("AKIA")) {
        issues.push(Issue::warning(
            PATH,
            IssueCode::Malformed,
            "An access key ID has 20 capital letters and digits and starts with AKIA. Check that it is not the secret key.",
        ));
    }
}

fn check_account(value: &str, issues: &mut Vec<Issue>) {
    const PATH: &str = "accountID";
    if text::required(PATH, value, "the AWS account number", issues)
        && !(value.len() == 12 && value.bytes().all(|b| b.is_ascii_digit()))
    {
        issues.push(Issue::error(
            PATH,
            IssueCode::Malformed,
            "An AWS account number has 12 digits. Enter it without spaces or dashes, with its leading zeros.",
        ));
    }
}

fn check_role(value: &str, issues: &mut Vec<Issue>) {
    const PATH: &str = "iamRole";
    if !text::required(PATH, value, "the name of the IAM role", issues) {
        return;
    }
    text::stray_whitespace(PATH, value, issues);
    let name = value.trim();
    if name.starts_with("arn:") {
        issues.push(Issue::error(
            PATH,
            IssueCode::Malformed,
            "This is an ARN. Enter only the role's name, the part behind the last slash.",
        ));
    } else if name.len() > 64 || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"+=,.@-_".contains(&b)) {
        issues.push(Issue::warning(
            PATH,
            IssueCode::Malformed,
            "An IAM role's name has at most 64 letters, digits and the characters + = , . @ - _. Check it in AWS.",
        ));
    }
}
