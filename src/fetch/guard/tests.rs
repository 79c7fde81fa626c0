use proptest::prelude::*;

use super::*;

#[track_caller]
fn check(address: &str, public: bool) {
    let ip: IpAddr = address.parse().expect("an address");
    assert_eq!(Guard::default().check_address(ip, 80).is_ok(), public, "{address}");
}

#[test]
fn every_edge_of_every_range() {
    for (inside_first, inside_last, before, after) in [
        ("0.0.0.0", "0.255.255.255", None, Some("1.0.0.0")),
        ("10.0.0.0", "10.255.255.255", Some("9.255.255.255"), Some("11.0.0.0")),
        ("100.64.0.0", "100.127.255.255", Some("100.63.255.255"), Some("100.128.0.0")),
        ("127.0.0.0", "127.255.255.255", Some("126.255.255.255"), Some("128.0.0.0")),
        ("169.254.0.0", "169.254.255.255", Some("169.253.255.255"), Some("169.255.0.0")),
        ("172.16.0.0", "172.31.255.255", Some("172.15.255.255"), Some("172.32.0.0")),
        ("192.0.0.0", "192.0.0.255", Some("191.255.255.255"), Some("192.0.1.0")),
        ("192.0.2.0", "192.0.2.255", Some("192.0.1.255"), Some("192.0.3.0")),
        ("192.88.99.0", "192.88.99.255", Some("192.88.98.255"), Some("192.88.100.0")),
        ("192.168.0.0", "192.168.255.255", Some("192.167.255.255"), Some("192.169.0.0")),
        ("198.18.0.0", "198.19.255.255", Some("198.17.255.255"), Some("198.20.0.0")),
        ("198.51.100.0", "198.51.100.255", Some("198.51.99.255"), Some("198.51.101.0")),
        ("203.0.113.0", "203.0.113.255", Some("203.0.112.255"), Some("203.0.114.0")),
        ("224.0.0.0", "255.255.255.255", Some("223.255.255.255"), None),
        ("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", Some("2001:db7:ffff::1"), Some("2001:db9::")),
        ("2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", None, Some("2001:200::")),
        ("3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", Some("3ffe:ffff::1"), Some("3fff:1000::")),
        ("fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", None, None),
        ("fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", None, None),
        ("fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", None, None),
        ("ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", None, None),
        ("4000::", "5fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", Some("2fff::1"), None),
    ] {
        check(inside_first, false);
        check(inside_last, false);
        before.into_iter().chain(after).for_each(|ip| check(ip, true));
    }
}

#[test]
fn ipv4_inside_ipv6_is_judged_as_what_it_is() {
    check("::", false);
    check("::1", false);
    check("::127.0.0.1", false);
    check("::ffff:127.0.0.1", false);
    check("::ffff:93.184.215.14", true);
    check("64:ff9b::127.0.0.1", false);
    check("64:ff9b::93.184.215.14", true);
    check("64:ff9b:1::93.184.215.14", false);
    check("2002:7f00:1::", false);
    check("2002:5db8:d70e::", true);
    check("2001:0:5db8:d70e::1", false);
    check("2606:4700::1111", true);
}

#[test]
fn exceptions_cover_what_they_say_and_no_more() {
    let judge = |allow: &str, address: &str, port: u16| {
        let guard = Guard::new(vec![allow.parse().expect("an exception")], false);
        guard.check_address(address.parse().expect("an address"), port).is_ok()
    };
    assert!(judge("127.0.0.1", "127.0.0.1", 80));
    assert!(!judge("127.0.0.1", "127.0.0.2", 80));
    assert!(judge("127.0.0.1:8000", "127.0.0.1", 8000));
    assert!(!judge("127.0.0.1:8000", "127.0.0.1", 8001));
    assert!(judge("127.0.0.1:8000", "::ffff:127.0.0.1", 8000));
    assert!(judge("10.0.0.0/8", "10.9.9.9", 80));
    assert!(!judge("10.0.0.0/8", "11.0.0.0", 80) || class_is_public("11.0.0.0"));
    assert!(judge("[::1]:80", "::1", 80));
    assert!(judge("fd00::/8", "fd12::1", 80));
    assert!(!judge("0.0.0.0/0", "224.0.0.1", 80));
    assert!(!judge("0.0.0.0/0", "0.0.0.0", 80));
}

fn class_is_public(address: &str) -> bool {
    matches!(class(address.parse().expect("an address")), Class::Public)
}

#[test]
fn exceptions_must_be_addresses() {
    for text in ["localhost", "example.org:80", "", "10.0.0.0/33", "127.0.0.1:99999", "::1/129", "10.0.0.0/x"] {
        assert!(text.parse::<AllowAddress>().is_err(), "{text}");
    }
}

#[test]
fn literals_in_every_spelling_are_seen_in_addresses() {
    for url in [
        "http://127.0.0.1/", "http://2130706433/", "http://0x7f.1/", "http://0177.0.0.1/", "http://127.1/",
        "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://0/", "http://127.0.0.1./", "http://①②⑦.⓪.⓪.①/",
        "ftp://example.org/", "file:///etc/passwd", "http://example.org:0/",
    ] {
        assert!(Guard::default().check_url(&Url::parse(url).expect("an address")).is_err(), "{url}");
    }
    let fine = Url::parse("https://example.org:8443/a").expect("an address");
    assert_eq!(Guard::default().check_url(&fine), Ok(()));
}

/// Written apart from the tables above, from the standard library's own words.
fn routable(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let o = ip.octets();
            !(ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_multicast() || ip.is_documentation()
                || o[0] == 0 || o[0] >= 240 || (o[0] == 100 && o[1] & 0xc0 == 64) || (o[0] == 198 && o[1] & 0xfe == 18)
                || (o[0] == 192 && o[1] == 0 && o[2] == 0))
        }
        IpAddr::V6(ip) => match ip.to_ipv4_mapped() {
            Some(v4) => routable(v4.into()),
            None => {
                let s = ip.segments();
                (s[0] == 0x64 && s[1] == 0xff9b) || s[..6] == [0; 6] || (0x2000..0x4000).contains(&s[0])
            }
        },
    }
}

proptest! {
    #[test]
    fn what_is_allowed_is_routable(v4: u32, v6: u128, pick: bool) {
        let ip = if pick { IpAddr::V4(v4.into()) } else { IpAddr::V6(v6.into()) };
        if Guard::default().check_address(ip, 80).is_ok() {
            prop_assert!(routable(ip), "{ip}");
        }
    }
}
