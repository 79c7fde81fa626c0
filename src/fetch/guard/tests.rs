use std::net::{Ipv4Addr, Ipv6Addr};

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
        (
            "2001:db8::",
            "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
            Some("2001:db7:ffff::1"),
            Some("2001:db9::"),
        ),
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
    check("2001:470:1:2:0:5efe:10.0.0.1", false);
    check("2001:470:1:2:200:5efe:93.184.215.14", true);
    check("fe80::5efe:93.184.215.14", false);
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
    assert!(!judge("10.0.0.0/9", "10.128.0.0", 80));
    assert!(judge("::ffff:10.0.0.0/104", "10.9.9.9", 80));
    assert!(judge("192.168.0.0/16:80", "192.168.255.255", 80));
    assert!(!judge("192.168.0.0/16:80", "192.168.255.255", 81));
    assert!(judge("[fd00::]/8:80", "fd12::1", 80));
    assert!(!judge("0.0.0.0/0", "fd12::1", 80));
    assert!(!judge("127.0.0.1", "64:ff9b::127.0.0.1", 80));
    assert!(judge("[::1]:80", "::1", 80));
    assert!(judge("fd00::/8", "fd12::1", 80));
    assert!(!judge("0.0.0.0/0", "224.0.0.1", 80));
    assert!(!judge("0.0.0.0/0", "0.0.0.0", 80));
}

#[test]
fn allowing_private_allows_inner_networks_only() {
    let guard = Guard::new(Vec::new(), true);
    let judge = |address: &str| guard.check_address(address.parse().expect("an address"), 80).is_ok();
    for inner in [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "::1",
        "fd00::1",
        "fec0::1",
        "1.1.1.1",
    ] {
        assert!(judge(inner), "{inner}");
    }
    for other in [
        "0.0.0.0",
        "169.254.169.254",
        "192.0.2.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "ff02::1",
        "fe80::1",
        "64:ff9b:1::8.8.8.8",
        "64:ff9b::10.0.0.1",
        "2002:a00:1::",
        "2001:db8::1",
        "4000::1",
    ] {
        assert!(!judge(other), "{other}");
    }
}

#[test]
fn exceptions_are_written_as_they_are_read() {
    let check = |text: &str, expected: &str| {
        let allow: AllowAddress = text.parse().expect("an exception");
        assert_eq!(allow.to_string(), expected);
        assert_eq!(expected.parse(), Ok(allow));
    };
    check("127.0.0.1", "127.0.0.1");
    check("127.0.0.1/32:8080", "127.0.0.1:8080");
    check("[::1]:80", "[::1]:80");
    check("[::1]", "::1");
    check("10.0.0.0/8", "10.0.0.0/8");
    check("192.168.0.0/16:80", "192.168.0.0/16:80");
    check("[fd00::]/8:80", "[fd00::]/8:80");
    check("::ffff:127.0.0.1", "127.0.0.1");
    check("0.0.0.0/0", "0.0.0.0/0");
}

#[test]
fn a_refusal_names_the_address_its_class_and_the_remedy() {
    let refusal = |ip: &str| Guard::default().check_address(ip.parse().expect("an address"), 80);
    let text = refusal("::ffff:10.0.0.7").expect_err("private").to_string();
    for word in
        ["10.0.0.7 is a private address", "--allow-address 10.0.0.7", "`allow_addresses`", "[feed.fetch]"]
    {
        assert!(text.contains(word), "{text}");
    }
    let text = refusal("224.0.0.1").expect_err("multicast").to_string();
    assert_eq!(text, "224.0.0.1 is a multicast address, which can never be allowed");
    let text = refusal("64:ff9b::127.0.0.1").expect_err("embedded").to_string();
    assert_eq!(text, "64:ff9b::7f00:1 leads to a loopback address, which can never be allowed in this form");
}

#[test]
fn exceptions_must_be_addresses() {
    for text in [
        "localhost",
        "example.org:80",
        "",
        "10.0.0.0/33",
        "127.0.0.1:+80",
        "127.0.0.1:0",
        "[127.0.0.1]:80",
        "[::1",
        "10.0.0.0/",
        "10.0.0.0/8/8",
        "127.0.0.1:99999",
        "::1/129",
        "10.0.0.0/x",
    ] {
        assert!(text.parse::<AllowAddress>().is_err(), "{text}");
    }
}

#[test]
fn literals_in_every_spelling_are_seen_in_addresses() {
    for url in [
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://0/",
        "http://127.0.0.1./",
        "http://①②⑦.⓪.⓪.①/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "http://example.org:0/",
    ] {
        assert!(Guard::default().check_url(&Url::parse(url).expect("an address")).is_err(), "{url}");
    }
    let fine = Url::parse("https://example.org:8443/a").expect("an address");
    assert_eq!(Guard::default().check_url(&fine), Ok(()));
}

/// Written apart from the tables above, from the standard library's own words.
fn routable(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => routable_v4(ip),
        IpAddr::V6(ip) => routable_v6(ip),
    }
}

fn routable_v4(ip: Ipv4Addr) -> bool {
    let named = ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_multicast()
        || ip.is_documentation();
    let unnamed = match ip.octets() {
        [0 | 240..=255, ..] | [192, 0, 0, _] | [192, 88, 99, _] | [198, 18 | 19, ..] => true,
        [100, second, ..] => (64..128).contains(&second),
        _ => false,
    };
    !named && !unnamed
}

fn routable_v6(ip: Ipv6Addr) -> bool {
    let text = format!("{:032x}", ip.to_bits());
    let v4 = |at: usize| {
        let bits = u32::from_str_radix(&text[at..at + 8], 16).expect("hexadecimal");
        routable_v4(Ipv4Addr::from_bits(bits))
    };
    let zeros = |n: usize| "0".repeat(n);
    let holders = [zeros(20) + "ffff", zeros(24), "0064ff9b".to_owned() + &zeros(16)];
    if holders.iter().any(|h| text.starts_with(h)) {
        return v4(24);
    }
    if text.starts_with("2002") {
        return v4(4);
    }
    let set_aside = ["200100", "200101", "20010db8", "3fff0"];
    !set_aside.iter().any(|p| text.starts_with(p)) && text.starts_with(['2', '3'])
}

/// Addresses near the edges of ranges too, where random ones would hardly ever be.
fn addresses() -> impl Strategy<Value = IpAddr> {
    let first = prop::sample::select(vec![0_u8, 10, 100, 127, 169, 172, 192, 198, 203, 223, 224, 255]);
    let second = prop::sample::select(vec![0_u8, 15, 16, 18, 31, 51, 64, 88, 127, 168, 254]);
    let near_v4 = (first, second, any::<[u8; 2]>()).prop_map(|(a, b, [c, d])| Ipv4Addr::new(a, b, c, d));
    let v4 = prop_oneof![any::<u32>().prop_map(Ipv4Addr::from_bits), near_v4].boxed();
    let prefix = prop::sample::select(vec![
        "::",
        "::ffff:",
        "64:ff9b::",
        "64:ff9b:1::",
        "2001::",
        "2001:db8::",
        "2606:4700::5efe:",
        "fe80::",
        "fc00::",
    ]);
    let inside =
        (prefix, v4.clone()).prop_map(|(prefix, v4)| format!("{prefix}{v4}").parse().expect("an address"));
    let word = prop::sample::select(vec![
        0x64_u16, 0x100, 0x1ff, 0x200, 0xdb8, 0x2001, 0x2002, 0x2606, 0x3fff, 0x5f00, 0xfc00, 0xfe80, 0xff9b,
        0xffff,
    ]);
    let near_v6 = (word.clone(), word, any::<[u16; 6]>())
        .prop_map(|(a, b, [c, d, e, f, g, h])| Ipv6Addr::new(a, b, c, d, e, f, g, h));
    let any_v6 = any::<u128>().prop_map(Ipv6Addr::from_bits);
    let v6 = prop_oneof![inside, near_v6, any_v6];
    prop_oneof![v4.prop_map(IpAddr::V4), v6.prop_map(IpAddr::V6)]
}

proptest! {
    #[test]
    fn what_is_allowed_is_routable(ip in addresses()) {
        if Guard::default().check_address(ip, 80).is_ok() {
            prop_assert!(routable(ip), "{ip}");
        }
    }

    #[test]
    fn any_text_is_an_exception_or_an_error(text in "[0-9a-f:./\\[\\]]{0,24}") {
        if let Ok(allow) = text.parse::<AllowAddress>() {
            prop_assert_eq!(allow.to_string().parse(), Ok(allow));
        }
    }
}
