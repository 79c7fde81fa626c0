use proptest::prelude::*;

use super::declaration::PRESCAN_BYTES;
use super::*;

const KOREAN: &str = "오늘 항구에서 새로운 등대가 문을 열었다. 주민들이 모여 축하하였다.";
const JAPANESE: &str = "港の新しい灯台が今日ひらかれ、町の人々が集まって祝った。";
const RUSSIAN: &str = "Сегодня в гавани открыли новый маяк, и жители собрались на праздник у причала.";
const POLISH: &str = "Dziś w porcie otwarto nową latarnię; mieszkańcy świętowali aż do późnej nocy.";
const CHINESE: &str = "今天港口的新灯塔正式启用，居民们聚集在码头庆祝。";

fn encoded(text: &str, label: &str) -> Vec<u8> {
    let encoding = Encoding::for_label(label.as_bytes()).expect("a label");
    encoding.encode(text).0.into_owned()
}

#[track_caller]
fn check(body: &[u8], content_type: Option<&str>, expected: &str, charset: &str) {
    let decoded = decode(body, content_type);
    assert!(decoded.text.contains(expected), "{:?}", decoded.text);
    assert_eq!(decoded.charset, charset);
    assert!(!decoded.replacements);
}

#[test]
fn charsets_are_found_in_their_order() {
    check(&encoded(KOREAN, "euc-kr"), Some("text/html; charset=EUC-KR"), KOREAN, "EUC-KR");
    check(&encoded(JAPANESE, "shift_jis"), Some("text/html;charset=\"shift_jis\""), JAPANESE, "Shift_JIS");
    let page = [
        b"<html><META http-equiv=Content-Type content='text/html; charset=gb2312'>".as_slice(),
        &encoded(CHINESE, "gbk"),
    ]
    .concat();
    check(&page, Some("text/html"), CHINESE, "GBK");
    let page =
        [b"<?xml version='1.0' encoding='iso-8859-2'?><html>".as_slice(), &encoded(POLISH, "iso-8859-2")]
            .concat();
    check(&page, None, POLISH, "ISO-8859-2");
    check(&encoded(RUSSIAN, "windows-1251"), Some("text/html"), RUSSIAN, "windows-1251");
    check(RUSSIAN.as_bytes(), None, RUSSIAN, "UTF-8");
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(KOREAN.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    check(&utf16, Some("text/html; charset=utf-8"), KOREAN, "UTF-16LE");
    let page = [b"\xef\xbb\xbf".as_slice(), POLISH.as_bytes()].concat();
    check(&page, Some("text/html; charset=windows-1250"), POLISH, "UTF-8");
}

/// The page's own declaration, with the text in the charset that it names.
#[track_caller]
fn check_declared(head: &str, label: &str, charset: &str) {
    let page = [head.as_bytes(), &encoded(KOREAN, label)].concat();
    check(&page, Some("text/html"), KOREAN, charset);
}

#[test]
fn declarations_are_found_where_browsers_find_them() {
    check_declared("<meta charset=euc-kr>", "euc-kr", "EUC-KR");
    check_declared("<META\nCharset = 'EUC-KR' />", "euc-kr", "EUC-KR");
    check_declared(
        "<meta content=\"text/html; charset=ks_c_5601-1987\" http-equiv='content-type'>",
        "euc-kr",
        "EUC-KR",
    );
    check_declared("<meta charset=nonsense><meta charset=euc-kr>", "euc-kr", "EUC-KR");
    check_declared("<!-- <meta charset=big5> --><meta charset=euc-kr>", "euc-kr", "EUC-KR");
    check_declared("<!--><meta charset=euc-kr>-->", "euc-kr", "EUC-KR");
    check_declared("<a title='<meta charset=big5>'><meta charset=euc-kr>", "euc-kr", "EUC-KR");
    check_declared("<meta name=description content='charset=big5'><meta charset=euc-kr>", "euc-kr", "EUC-KR");
    check_declared("<metadata charset=big5><meta charset=euc-kr>", "euc-kr", "EUC-KR");
    check_declared("<?xml version='1.0' encoding='big5'?><meta charset=euc-kr>", "euc-kr", "EUC-KR");
    check_declared("<!doctype html><meta charset=gb18030>", "gb18030", "gb18030");
}

#[test]
fn declarations_that_say_nothing_leave_it_to_the_text() {
    for head in [
        "<meta charset>",
        "<meta charset=",
        "<meta",
        "<",
        "<!--",
        "<meta http-equiv=content-type content='text/html; charset'>",
        "<meta http-equiv=refresh content='charset=big5'>",
        "<meta = charset=>",
        "</meta charset=big5>",
        "<?xml encoding",
    ] {
        check(format!("{head} {KOREAN}").as_bytes(), Some("text/html; charset=nonsense"), KOREAN, "UTF-8");
    }
    let late = format!("{}<meta charset=big5>{KOREAN}", " ".repeat(PRESCAN_BYTES));
    check(late.as_bytes(), None, KOREAN, "UTF-8");
}

#[test]
fn labels_in_headers_are_read_in_any_dress() {
    let body = encoded(RUSSIAN, "koi8-r");
    for value in [
        "text/html; charset=KOI8-R",
        "text/html;CHARSET = \"koi8-r\"; x=y",
        "text/html; charset='koi8-r'",
        "text/html; charset=koi8-r;",
        "text/html; charset charset=koi8-r x",
    ] {
        check(&body, Some(value), RUSSIAN, "KOI8-R");
    }
    check(b"caf\xe9 au lait", Some("text/html; charset=latin1"), "caf\u{e9}", "windows-1252");
    check(b"<meta charset=x-user-defined>caf\xe9", None, "caf\u{e9}", "windows-1252");
    let wide: Vec<u8> = KOREAN.encode_utf16().flat_map(u16::to_be_bytes).collect();
    check(&wide, Some("text/html; charset=utf-16be"), KOREAN, "UTF-16BE");
}

#[test]
fn a_body_that_is_utf8_is_believed_against_its_header() {
    check(POLISH.as_bytes(), Some("text/html; charset=iso-8859-1"), POLISH, "UTF-8");
    let page = format!("<meta charset=utf-16>{KOREAN}");
    check(page.as_bytes(), None, KOREAN, "UTF-8");
    check(&encoded(RUSSIAN, "windows-1251"), Some("text/html; charset=utf-8"), RUSSIAN, "windows-1251");
    check(CHINESE.as_bytes(), Some("text/html; charset=gbk"), CHINESE, "UTF-8");
    check(KOREAN.as_bytes(), Some("text/html; charset=euc-kr"), KOREAN, "UTF-8");
    check(b"<p>plain", Some("text/html; charset=utf-16"), "<p>plain", "UTF-8");
    let markup = "<div class=row><a href=/news/1>".repeat(40);
    let page = [markup.as_bytes(), &encoded(POLISH, "iso-8859-2")].concat();
    check(&page, Some("text/html; charset=utf-8"), POLISH, "ISO-8859-2");
}

#[test]
fn single_bad_bytes_do_not_change_the_charset() {
    let page = [KOREAN.as_bytes(), b"\xff", JAPANESE.as_bytes()].concat();
    let decoded = decode(&page, Some("text/html; charset=utf-8"));
    assert_eq!((decoded.charset, decoded.replacements), ("UTF-8", true));
    assert!(decoded.text.contains(KOREAN) && decoded.text.contains(JAPANESE));
}

#[test]
fn binary_is_told_from_text() {
    assert!(looks_binary(b"%PDF-1.7 ...", Some("text/html")));
    assert!(looks_binary(b"<html>", Some("image/png")));
    assert!(looks_binary(b"a\0b", None));
    assert!(!looks_binary(b"<html>", Some("application/xhtml+xml")));
    assert!(looks_binary(b"\0\x01", Some("application/octet-stream")));
    assert!(looks_binary(b"PK\x03\x04rest", Some("application/octet-stream")));
    assert!(!looks_binary(b"<html>", Some("application/octet-stream")));
    assert!(!looks_binary(b"<svg>", Some("image/svg+xml")));
    assert!(!looks_binary(b"", None));
    assert!(!looks_binary(&[0xff, 0xfe, b'<', 0], None));
    assert!(!looks_binary(b"<\0p\0>\0", Some("text/html; charset=UTF-16LE")));
}

proptest! {
    #[test]
    fn any_bytes_give_text(body: Vec<u8>, head in "[<!\\-/?>= \"'a-z]{0,40}", content_type: Option<String>) {
        let page = [head.as_bytes(), b"<meta ", &body].concat();
        let decoded = decode(&page, content_type.as_deref());
        let binary = looks_binary(&page, content_type.as_deref());
        prop_assert!(binary || !decoded.text.is_empty());
    }
}
