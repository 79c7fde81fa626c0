//! Addresses in the forms of Apprise, such as `ntfy://topic`: which service one means, and with which
//! settings (Apprise's documentation, "Services", and the page of each service there). Messages never show an
//! address, because it holds secrets; they name its scheme.
//!
//! One address makes one target. Parameters that only change the looks of Apprise's own messages are left
//! out; any other parameter without a counterpart is a mistake.

mod address;
mod carrier;
mod chat;
mod native;
mod push;

use self::address::{FormAddress, FormTarget};
use super::settings::{SettingMistake, Settings};
use crate::nearest::nearest;

/// Most bytes of an address.
const MAX_ADDRESS: usize = 8 * 1024;
/// Most bytes of a scheme that is repeated in a message; longer ones are no scheme, but perhaps a secret.
const MAX_SCHEME: usize = 24;

/// Reads an address of one scheme.
type FormReader = fn(&mut FormAddress) -> Result<FormTarget, SettingMistake>;

/// The schemes, by their names.
const FORMS: &[(&str, FormReader)] = &[
    ("apprise", carrier::apprise),
    ("apprises", carrier::apprise),
    ("discord", chat::discord),
    ("gotify", push::gotify),
    ("gotifys", push::gotify),
    ("http", native::native),
    ("https", native::native),
    ("json", carrier::json),
    ("jsons", carrier::json),
    ("mailto", carrier::mail),
    ("mailtos", carrier::mail),
    ("matrix", chat::matrix),
    ("matrixs", chat::matrix),
    ("mmost", chat::mattermost),
    ("mmosts", chat::mattermost),
    ("mqtt", carrier::mqtt),
    ("mqtts", carrier::mqtt),
    ("ntfy", push::ntfy),
    ("ntfys", push::ntfy),
    ("pagerduty", push::pagerduty),
    ("pover", push::pushover),
    ("signal", push::signal),
    ("signals", push::signal),
    ("slack", chat::slack),
    ("tgram", chat::telegram),
    ("workflow", chat::workflows),
    ("workflows", chat::workflows),
];

/// Schemes of Apprise that have another way here: scheme, reason, remedy.
const ELSEWHERE: &[(&str, &str, &str)] = &[
    ("hassio", HASSIO_REASON, HASSIO_REMEDY),
    ("hassios", HASSIO_REASON, HASSIO_REMEDY),
    (
        "msteams",
        "is of connectors, which Microsoft has retired",
        "make a webhook with the app Workflows in Teams, and write its address, which begins with https://",
    ),
];
const HASSIO_REASON: &str = "needs a token for all of Home Assistant, which feedbridge does not take";
const HASSIO_REMEDY: &str = "make an automation with a webhook as its trigger, and use the service \
                             `home_assistant` with `server` and `webhook_id`";

/// The service that an address means, with its settings.
///
/// # Errors
/// When the address is of no known form, or asks for something that the service here cannot do.
pub fn service_of(url: &str) -> Result<(&'static str, Settings), SettingMistake> {
    if url.len() > MAX_ADDRESS {
        let words = format!("the address is longer than {MAX_ADDRESS} bytes");
        return Err(SettingMistake::new("url", words, "write an address as in Apprise's documentation"));
    }
    let (scheme, rest) = url.trim().split_once("://").unwrap_or_default();
    let scheme = scheme.to_ascii_lowercase();
    let Some((scheme, form)) = FORMS.iter().find(|(known, _)| *known == scheme) else {
        return Err(unknown(&scheme));
    };
    let mut address = FormAddress::of(scheme, rest)?;
    let target = form(&mut address)?;
    address.nothing_left()?;
    Ok(target)
}

/// The mistake of a scheme that has no form.
fn unknown(scheme: &str) -> SettingMistake {
    if let Some((_, reason, remedy)) = ELSEWHERE.iter().find(|(known, ..)| *known == scheme) {
        return SettingMistake::new("url", format!("the form `{scheme}://` {reason}"), *remedy);
    }
    let known: Vec<&str> = FORMS.iter().map(|(name, _)| *name).collect();
    let list = known.join(", ");
    let is_scheme = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    if scheme.is_empty() || scheme.len() > MAX_SCHEME || !scheme.chars().all(is_scheme) {
        let hint = format!("write an address such as ntfys://host/topic; known are {list}");
        return SettingMistake::new("url", "the address does not begin with a scheme and `://`", hint);
    }
    let near = nearest(scheme, &known).map(|near| format!("did you mean `{near}://`? ")).unwrap_or_default();
    let hint =
        format!("{near}known are {list}; a server of Apprise reaches other services: apprises://host/key");
    SettingMistake::new("url", format!("there is no service for `{scheme}://`"), hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::service::ServiceKind;

    /// The name of the service and the given settings, as `name|key=value|…` in the order of `KEYS`.
    fn read(url: &str) -> String {
        let (name, settings) = service_of(url).expect(url);
        let kind = ServiceKind::named(name).expect(name);
        let mut parts = vec![name.to_owned()];
        for key in KEYS.split(' ').filter(|key| settings.has(key)) {
            assert!(kind.settings.iter().any(|spec| spec.name == key), "{name} has no setting `{key}`");
            parts.push(format!("{key}={}", shown(&settings, key)));
        }
        parts.join("|")
    }

    fn shown(settings: &Settings, key: &str) -> String {
        if let Some(text) = settings.text(key) {
            return text.to_owned();
        }
        let table = settings.table(key).into_iter().map(|(name, value)| format!("{name}:{}", value.expose()));
        let texts: Vec<String> = settings.texts(key).into_iter().chain(table).collect();
        match settings.number(key) {
            Some(number) => number.to_string(),
            None if texts.is_empty() => settings.flag(key).to_string(),
            None => texts.join(","),
        }
    }

    const KEYS: &str = "url server topic room token key tags number from to chat thread channel username \
                        user password device sound routing_key severity encryption retain priority headers";

    fn mistake(url: &str) -> String {
        let mistake = service_of(url).expect_err(url);
        assert_eq!(mistake.setting, "url");
        let text = format!("{}; {}", mistake.message, mistake.hint);
        assert!(!text.to_ascii_lowercase().contains("sesame"), "{url}: {text}");
        text
    }

    #[test]
    fn ntfy_is_read() {
        assert_eq!(read("ntfy://harbour"), "ntfy|topic=harbour");
        assert_eq!(read("ntfys://ntfy.sh/harbour"), "ntfy|topic=harbour");
        assert_eq!(read("https://ntfy.sh/harbour?priority=default"), "ntfy|topic=harbour");
        let own = "ntfy|server=http://h.example:8080/|topic=harbour";
        assert_eq!(read("NTFY://h.example:8080/harbour"), own);
        assert_eq!(read("ntfy://h.example/?to=harbour&port=8080&mode=private&image=no"), own);
        let login = "ntfy|server=https://h.example/|topic=harbour|user=ann@b|password=p:/+%";
        assert_eq!(read("ntfys://ann%40b:p%3A%2F+%25@h.example/harbour"), login);
        let token = "ntfy|server=https://h.example/|topic=harbour|token=tk_1";
        assert_eq!(read("ntfys://tk_1@h.example/harbour"), token);
        assert_eq!(read("ntfys://h.example/harbour?token=tk_1"), token);
        assert_eq!(read("ntfys://:tk_1@h.example/harbour?auth=token"), token);
    }

    #[test]
    fn pushes_are_read() {
        assert_eq!(read("gotify://h.example/AbC"), "gotify|server=http://h.example/|token=AbC");
        let sub = "gotify|server=https://h.example:8443/a/b|token=AbC|priority=8";
        assert_eq!(read("gotifys://h.example:8443/a/b/AbC/?priority=high"), sub);
        assert_eq!(read("pover://UsEr@ToKeN"), "pushover|token=ToKeN|user=UsEr");
        let devices = "pushover|token=ToKeN|user=UsEr|device=a,b|sound=bike";
        assert_eq!(read("pover://UsEr@ToKeN/a/b?sound=bike&priority=normal"), devices);
        let signal = "signal|server=http://h.example:8080/|number=+4930123|to=+4930456,group.aBc=";
        assert_eq!(read("signal://h.example:8080/+4930123/4930456/@aBc%3D"), signal);
        let own = "signal|server=https://h.example/|number=+4930123|to=+4930123";
        assert_eq!(read("signals://h.example/?from=4930123"), own);
        assert_eq!(read("pagerduty://RoUtE@ApI/source?region=us"), "pagerduty|routing_key=RoUtE");
        let europe = "pagerduty|server=https://events.eu.pagerduty.com/|routing_key=RoUtE";
        assert_eq!(read("pagerduty://RoUtE@ApI?region=eu"), europe);
        assert_eq!(
            read("pagerduty://RoUtE@ApI?severity=crit"),
            "pagerduty|routing_key=RoUtE|severity=critical"
        );
    }

    #[test]
    fn chats_are_read() {
        let slack = "slack|url=https://hooks.slack.com/services/T1A/B1A/cDe";
        assert_eq!(read("slack://T1A/B1A/cDe"), slack);
        assert_eq!(read("slack://bot@T1A/B1A/cDe/?image=no&footer=yes"), slack);
        assert_eq!(read("slack://?token=T1A/B1A/cDe"), slack);
        assert_eq!(read("https://hooks.slack.com/services/T1A/B1A/cDe"), slack);
        let discord = "discord|url=https://discord.com/api/webhooks/42/aB-c_d";
        assert_eq!(read("discord://42/aB-c_d/?tts=no&avatar=yes"), discord);
        assert_eq!(read("https://discord.com/api/webhooks/42/aB-c_d"), discord);
        assert_eq!(read("discord://Ann@42/aB-c_d?thread=7"), format!("{discord}|thread=7|username=Ann"));
        let mattermost = "mattermost|url=https://h.example/sub/hooks/k1|channel=town|username=ann";
        assert_eq!(read("mmosts://ann@h.example/sub/k1?channel=%23town"), mattermost);
        assert_eq!(read("mmost://h.example:8065/k1"), "mattermost|url=http://h.example:8065/hooks/k1");
        let telegram = "telegram|token=123:aB_c|chat=-100";
        assert_eq!(read("tgram://123:aB_c/-100/"), telegram);
        assert_eq!(read("tgram://bot123%3AaB_c/-100"), telegram);
        assert_eq!(read("tgram://123:aB_c/-100:5"), format!("{telegram}|thread=5"));
        assert_eq!(
            read("tgram://123:aB_c/?to=harbour&thread=5"),
            "telegram|token=123:aB_c|chat=@harbour|thread=5"
        );
    }

    #[test]
    fn rooms_of_matrix_are_read() {
        let room = "matrix|server=https://h.example/|room=!abc:h.example|token=syt_1";
        assert_eq!(read("matrixs://syt_1@h.example/!abc"), room);
        assert_eq!(read("matrixs://syt_1@h.example/%21abc%3Ah.example"), room);
        assert_eq!(read("matrixs://h.example/!abc:h.example?token=syt_1"), room);
        let hash = "a".repeat(43);
        let new = format!("matrix|server=http://h.example:8008/|room=!{hash}|token=syt_1");
        assert_eq!(read(&format!("matrix://syt_1@h.example:8008/!{hash}")), new);
    }

    #[test]
    fn workflows_are_read() {
        let path = "workflows/w1/triggers/manual/paths/invoke";
        let query = "api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=s-1";
        let url = format!("https://h.logic.azure.com:443/{path}?{query}");
        assert_eq!(read(&url), format!("teams|url=https://h.logic.azure.com/{path}?{query}"));
        let same = format!("teams|url=https://h.logic.azure.com/{path}?{query}");
        assert_eq!(read("workflows://h.logic.azure.com:443/w1/s-1/?image=yes"), same);
        let automate = read("workflow://h.example/w1?sig=s%2B1&pa=yes&route=7");
        let at = "https://h.example/powerautomate/automations/direct/cu/7/";
        assert!(automate.starts_with(&format!("teams|url={at}{path}?api-version=2022")), "{automate}");
        assert!(automate.ends_with("sig=s%2B1"), "{automate}");
    }

    #[test]
    fn mails_are_read() {
        let gmail =
            "mail|server=smtp.gmail.com|from=ann@gmail.com|to=ann@gmail.com|user=ann@gmail.com|password=pw";
        assert_eq!(read("mailto://ann:pw@gmail.com"), format!("{gmail}|encryption=starttls"));
        let own = "mail|server=smtp.h.example:465|from=Harbour <bridge@h.example>|to=a@h.example,b@h.example|\
                   user=ann|password=pw|encryption=tls";
        let url = "mailtos://ann:pw@h.example:465/a@h.example?smtp=smtp.h.example&from=bridge%40h.example&\
                   name=Harbour&to=b@h.example&mode=ssl";
        assert_eq!(read(url), own);
        let secure = "mail|server=h.example:465|from=ann@h.example|to=ann@h.example|encryption=tls";
        assert_eq!(read("mailtos://ann@h.example:465"), secure);
        let plain = "mail|server=h.example:2525|from=ann@h.example|to=ann@h.example|encryption=none";
        assert_eq!(read("mailto://ann@h.example:2525"), plain);
        let parameter =
            "mail|server=h.example|from=ann@h.example|to=ann@h.example|user=ann@h.example|password=pw";
        assert_eq!(
            read("mailtos://pw@h.example?user=ann%40h.example"),
            format!("{parameter}|encryption=starttls")
        );
    }

    #[test]
    fn other_carriers_are_read() {
        let mqtt = "mqtt|server=mqtts://h.example:8884|topic=a/b|user=ann|password=pw|retain=true";
        assert_eq!(read("mqtts://ann:pw@h.example:8884/a/b?retain=yes&qos=1"), mqtt);
        assert_eq!(read("mqtt://h.example/a"), "mqtt|server=mqtt://h.example|topic=a");
        let json =
            "webhook|url=https://h.example:8443/a/%20b/?k=v|headers=X-Tide:ebb,authorization:Basic YW5uOnB3";
        assert_eq!(read("jsons://ann:pw@h.example:8443/a/%20b/?+X-Tide=ebb&-k=v&method=POST"), json);
        assert_eq!(read("json://localhost"), "webhook|url=http://localhost/");
        assert_eq!(
            read("apprises://h.example/key1?tags=a,b&v=2"),
            "apprise|server=https://h.example/|key=key1|tags=a,b"
        );
        assert_eq!(
            read("apprise://h.example:8000/sub/key1"),
            "apprise|server=http://h.example:8000/sub|key=key1"
        );
    }

    #[test]
    fn services_take_what_was_read() {
        for url in ["ntfy://harbour", "gotifys://h.example/AbC", "slack://T1A/B1A/cDe", "discord://42/aB-c_d"]
        {
            let (name, settings) = service_of(url).expect(url);
            let made = ServiceKind::named(name).expect(name).make(&settings);
            assert!(made.is_ok(), "{url}: {:?}", made.err());
        }
    }

    #[test]
    fn mistakes_name_the_remedy() {
        let cases = [
            ("slack://xoxb-sesame-1/#general", "make an incoming webhook"),
            ("slack://T1A/B1A/sesame/#general", "remove the channel"),
            ("https://hooks.slack.com/workflows/T1A/A1/1/sesame", "is of a workflow of Slack"),
            ("msteams://sesame/a/b/c", "app Workflows"),
            ("matrixs://sesame", "matrixs://token@server/!room"),
            ("matrixs://ann:sesame@h.example/!abc", "logs in with a password"),
            ("matrixs://ann:sesame@h.example/!abc?mode=slack", "webhook for Matrix"),
            ("matrixs://sesame@h.example/!a/!b", "one [[notify]] for each room"),
            ("hassio://h.example/sesame", "`home_assistant`"),
            ("mmosts://h.example/sesame?mode=bot", "incoming webhook"),
            ("tgram://123:sesame", "names no chat"),
            ("tgram://sesame/1", "no token of a bot"),
            ("ntfys://h.example/a/b?token=sesame", "more than one topic"),
            ("ntfys://h.example:sesame/a", "no usable host"),
            ("ntfys://h.example/a?verify=no&x=sesame", "`verify`"),
            ("ntfys://h.example/a?sesame=1", "has a parameter that"),
            ("ntfys://h.example/a%0Asesame", "control character"),
            ("pover://sesame", "no user key"),
            ("pover://u@sesame/#group", "names a group"),
            ("pagerduty://a@sesame?region=sesame", "us or eu"),
            ("mailto://ann:sesame@h.example", "write mailtos://"),
            ("gotifys://ann:sesame@h.example/t", "a user or a password"),
            ("gotifys://h.example/sesame?priority=11", "from 0 to 10"),
            ("jsons://h.example/sesame?method=GET", "`method`"),
            ("workflows://h.example/sesame", "lacks the workflow or its signature"),
            ("https://h.example/sesame", "jsons://"),
            ("ntfi://sesame", "did you mean `ntfy://`?"),
            ("sesame", "does not begin with a scheme"),
            ("open sesame://a", "does not begin with a scheme"),
        ];
        for (url, part) in cases {
            let text = mistake(url);
            assert!(text.contains(part), "{url}: {text}");
        }
        assert!(mistake("pushbullet://sesame").contains("apprises://"));
        assert!(mistake(&format!("ntfy://{}", "a".repeat(MAX_ADDRESS))).contains("longer than 8192 bytes"));
    }

    #[test]
    fn a_flag_stays_a_flag() {
        let (_, settings) = service_of("mqtt://h.example/a?retain=no").expect("an address of mqtt");
        assert!(settings.has("retain") && !settings.flag("retain"));
        let (_, settings) = service_of("signals://h.example/1/2").expect("an address of signal");
        assert_eq!(settings.texts("to"), ["+2"]);
    }
}
