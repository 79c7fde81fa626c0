//! Certificate authorities of a feed: `ca_file` is read and checked with the configuration.

use std::path::Path;

use feedbridge::config::Config;

/// The certificate of an authority that was made for this test; its key is thrown away.
const AUTHORITY: &str = "\
-----BEGIN CERTIFICATE-----\n\
MIIBmTCCAT+gAwIBAgIUToIV6d7+/2pD0StxyWebip1Se0EwCgYIKoZIzj0EAwIw\n\
ITEfMB0GA1UEAwwWSGFyYm91ciB0ZXN0IGF1dGhvcml0eTAgFw0yNjExMjcxOTIw\n\
NTVaGA8yMTI2MTEwMzE5MjA1NVowITEfMB0GA1UEAwwWSGFyYm91ciB0ZXN0IGF1\n\
dGhvcml0eTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABEoceX9JBrzEqto+iyx+\n\
uIu0WFociLnB/ENOr6hjL6NlJRHwFox5PpfahzklEw4yN37XPyxvOV8STnAviUUr\n\
4uCjUzBRMB0GA1UdDgQWBBTP0VHGIKt04q7teQPOpr9qkIt6JTAfBgNVHSMEGDAW\n\
gBTP0VHGIKt04q7teQPOpr9qkIt6JTAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49\n\
BAMCA0gAMEUCIHLBwCs5lPd2pmgxSIg9A4yD8TcKDTrg33+MgsghfpTgAiEA9QOp\n\
+/jzwHVxmehgFVkF/vibZpnGsVD0rOFSenP6o0Y=\n\
-----END CERTIFICATE-----\n\
";

fn checked(folder: &Path) -> Result<Config, String> {
    let toml =
        "[[feed]]\nid = \"a\"\nurl = \"https://intranet.example.org/\"\n[feed.fetch]\nca_file = \"ca.pem\"\n";
    Config::parse(toml, &folder.join("feeds.toml")).map_err(|problems| {
        problems.problems().iter().map(|problem| problem.message.clone()).collect::<Vec<_>>().join("; ")
    })
}

#[test]
fn the_file_of_an_authority_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("ca.pem"), format!("# two\n{AUTHORITY}{AUTHORITY}")).expect("written");
    let config = checked(folder.path()).expect("no mistake");
    assert!(config.feeds[0].fetch.authorities.is_some());
}

#[test]
fn mistakes_in_the_file_of_an_authority_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let wrong = |text: Option<&str>| {
        if let Some(text) = text {
            std::fs::write(folder.path().join("ca.pem"), text).expect("written");
        }
        checked(folder.path()).expect_err("a mistake")
    };
    let broken = AUTHORITY.replace("MII", "AAA");
    for (text, words) in [
        (None, "`ca.pem` cannot be used"),
        (Some("not a certificate"), "no certificate in it"),
        (Some(broken.as_str()), "certificate 1 cannot be read"),
        (Some(" ".repeat(2 << 20).as_str()), "more than 1048576 bytes"),
    ] {
        let message = wrong(text);
        assert!(message.contains(words), "{message}");
    }
}
