//! The parts of an address: login, host, path and parameters. No general reader of URLs serves here, because
//! a token takes the place of the host in many forms, and its capital letters count.

use std::fmt::Display;

use url::{Url, form_urlencoded};

use crate::notify::service::ServiceKind;
use crate::notify::settings::{SettingMistake, Settings};

/// Parameters that change the looks of Apprise's own messages, or how its own requests are made.
const OF_LOOKS: &str = "album avatar avatar_url batch blocks class component content cto detect discovery \
                        emojis fields footer footer_logo format group icon_url image mdv overflow preview \
                        redirect rto silent source status store timestamp tts tz wrap";
/// Parameters that may be named in a message. Others may be secrets that were written in the wrong place.
const NAMED: &str = "action actions attach bcc cc click client_id dedup delay e2ee email expire filename \
                     flags href interval key method mode msgtype pgp ping priority qos reply session tags \
                     template to url url_title verify version wkd xtags";
/// Parameters that may be there with the value that is usual here.
const OF_USUAL_VALUE: &[(&str, &[&str])] = &[
    ("action", &["trigger", "map"]),
    ("e2ee", &["no", "false", "0", "off"]),
    ("method", &["post", "json", "form"]),
    ("msgtype", &["text"]),
    ("priority", &["default", "normal", "0", "3"]),
    ("qos", &["1"]),
    ("verify", &["yes", "true", "1", "on"]),
    ("version", &["1", "3", "v3.1.1"]),
];

/// The name of a service with its settings.
pub(super) type FormTarget = (&'static str, Settings);

/// An address in parts. Its form takes those that it uses; what is left over is a mistake.
pub(super) struct FormAddress {
    scheme: &'static str,
    /// User, decoded; never empty.
    pub(super) user: Option<String>,
    /// Password, decoded; never empty.
    pub(super) password: Option<String>,
    /// Host and port, or a token; as written.
    pub(super) host: String,
    /// The path without the slash at its beginning; as written.
    pub(super) path: String,
    /// All after `://`, as written.
    pub(super) whole: String,
    /// The port of the parameter `port`.
    port: Option<u16>,
    /// Names and values, decoded.
    parameters: Vec<(String, String)>,
}

impl FormAddress {
    /// Takes what stands after `://` apart. A login that holds `/` or `?` must have them encoded.
    pub(super) fn of(scheme: &'static str, rest: &str) -> Result<Self, SettingMistake> {
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = place.split_once('/').unwrap_or((place, ""));
        let (login, host) = authority.rsplit_once('@').unwrap_or(("", authority));
        let (user, password) = login.split_once(':').unwrap_or((login, ""));
        let given = |text: &str| Some(decoded(text)).filter(|text| !text.is_empty());
        let mut address = Self {
            scheme,
            user: given(user),
            password: given(password),
            host: host.to_owned(),
            path: path.to_owned(),
            whole: rest.to_owned(),
            port: None,
            parameters: query.split(['&', ';']).filter(|part| !part.is_empty()).map(parameter).collect(),
        };
        if decoded(rest).chars().any(char::is_control) {
            return Err(address.mistake("holds a control character", "remove line breaks and the like"));
        }
        address.override_login();
        address.override_port()?;
        Ok(address)
    }

    /// `user`, `password` and `pass` may be parameters. If only `user` is, the password stands before `@`.
    fn override_login(&mut self) {
        let long = self.take("password");
        let short = self.take("pass");
        self.password = long.or(short).or_else(|| self.password.take());
        if let Some(user) = self.take("user") {
            let before = self.user.replace(user);
            self.password = self.password.take().or(before);
        }
    }

    fn override_port(&mut self) -> Result<(), SettingMistake> {
        let Some(text) = self.take("port") else { return Ok(()) };
        self.port = text.parse().ok();
        match self.port {
            Some(_) => Ok(()),
            None => Err(self.mistake("has a wrong `port`", "write a number from 1 to 65535")),
        }
    }

    /// A mistake of this address. `words` follow its name.
    pub(super) fn mistake(&self, words: impl Display, hint: impl Into<String>) -> SettingMistake {
        SettingMistake::new("url", format!("the address `{}://…` {words}", self.scheme), hint)
    }

    /// The scheme.
    pub(super) fn scheme(&self) -> &'static str {
        self.scheme
    }

    /// Whether the form is the encrypted one of two.
    pub(super) fn is_secure(&self) -> bool {
        self.scheme.ends_with('s')
    }

    /// The value of a parameter, which is used up. An empty one is none. The case of its name does not count.
    pub(super) fn take(&mut self, name: &str) -> Option<String> {
        let mut found = None;
        self.parameters.retain(|(key, value)| {
            let is_it = key.eq_ignore_ascii_case(name);
            if is_it && !value.is_empty() {
                found = Some(value.clone());
            }
            !is_it
        });
        found
    }

    /// The value of the first of these parameters that is there. All are used up.
    pub(super) fn take_any(&mut self, names: &[&str]) -> Option<String> {
        let values: Vec<_> = names.iter().map(|name| self.take(name)).collect();
        values.into_iter().flatten().next()
    }

    /// The entries of a parameter that is a list.
    pub(super) fn take_list(&mut self, name: &str) -> Vec<String> {
        self.take(name).map(|text| listed(&text)).unwrap_or_default()
    }

    /// The parameters whose names begin with a sign, without it. They are used up.
    pub(super) fn take_marked(&mut self, sign: char) -> Vec<(String, String)> {
        let (marked, others) = std::mem::take(&mut self.parameters)
            .into_iter()
            .partition::<Vec<_>, _>(|(name, _)| name.starts_with(sign) && name.len() > 1);
        self.parameters = others;
        marked.into_iter().map(|(name, value)| (name[1..].to_owned(), value)).collect()
    }

    /// Forgets all parameters: they are a part of the address itself.
    pub(super) fn keep_parameters(&mut self) {
        self.parameters.clear();
    }

    /// The host or the token at its place, decoded.
    pub(super) fn host_text(&self) -> String {
        decoded(&self.host)
    }

    /// The segments of the path, decoded. Empty ones are left out.
    pub(super) fn segments(&self) -> Vec<String> {
        self.path.split('/').map(decoded).filter(|segment| !segment.is_empty()).collect()
    }

    /// The segments of the path and the parameter `to`: whom the message is for.
    pub(super) fn receivers(&mut self) -> Vec<String> {
        let mut all = self.segments();
        all.extend(self.take_list("to"));
        all
    }

    /// The last segment of the path and those before it.
    pub(super) fn last_segment(&self, thing: &str) -> Result<(String, Vec<String>), SettingMistake> {
        let mut segments = self.segments();
        let last = segments.pop().ok_or_else(|| self.missing(thing))?;
        Ok((last, segments))
    }

    /// The mistake of an address without a part that is needed.
    pub(super) fn missing(&self, thing: &str) -> SettingMistake {
        self.mistake(
            format_args!("has no {thing}"),
            format!("write the {thing} as in Apprise's documentation"),
        )
    }

    /// The only one of several texts.
    pub(super) fn only(&self, thing: &str, all: Vec<String>) -> Result<String, SettingMistake> {
        let mut all = all.into_iter();
        match (all.next(), all.next()) {
            (None, _) => Err(self.missing(thing)),
            (Some(one), None) => Ok(one),
            (Some(_), Some(_)) => Err(self.mistake(
                format_args!("names more than one {thing}"),
                format!("write one [[notify]] for each {thing}"),
            )),
        }
    }

    /// The address of the server by http or https, as the scheme says, with these segments as its path.
    pub(super) fn server(&self, segments: &[String]) -> Result<Url, SettingMistake> {
        self.server_by(if self.is_secure() { "https" } else { "http" }, segments)
    }

    /// The address of the server by this scheme, with these segments as its path.
    pub(super) fn server_by(&self, scheme: &str, segments: &[String]) -> Result<Url, SettingMistake> {
        let mut url = self.address(&format!("{scheme}://{}", self.host), segments)?;
        if self.port.is_some() && url.set_port(self.port).is_err() {
            return Err(self.wrong_host());
        }
        Ok(url)
    }

    /// The address of an origin with these segments as its path.
    pub(super) fn address(&self, origin: &str, segments: &[String]) -> Result<Url, SettingMistake> {
        let mut url = Url::parse(origin).ok().filter(is_origin).ok_or_else(|| self.wrong_host())?;
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        Ok(url)
    }

    fn wrong_host(&self) -> SettingMistake {
        self.mistake("has no usable host", "write a host, perhaps with `:` and a port from 1 to 65535")
    }

    /// Host and port for a server that does not speak HTTP, such as `h.example:1883`.
    pub(super) fn host_and_port(&self) -> Result<String, SettingMistake> {
        let url = self.server_by("https", &[])?;
        self.with_port(url.host_str().unwrap_or_default())
    }

    /// A host with the port of this address, if it has one, and if the host has none of its own.
    pub(super) fn with_port(&self, host: &str) -> Result<String, SettingMistake> {
        let port_of = |text: &str| text.rsplit_once(':').map(|(_, port)| port.to_owned());
        let is_port = |text: &String| !text.ends_with(']');
        let written = port_of(&self.host).filter(is_port).map(|port| port.parse::<u16>());
        let written = written.transpose().map_err(|_| self.wrong_host())?;
        match self.port.or(written) {
            _ if host.is_empty() => Err(self.wrong_host()),
            Some(port) if !port_of(host).as_ref().is_some_and(is_port) => Ok(format!("{host}:{port}")),
            _ => Ok(host.to_owned()),
        }
    }

    /// Sets `user` and `password`, if the service takes them. If not, they are left over.
    pub(super) fn set_login(&mut self, service: &str, settings: &mut Settings) {
        let specs = ServiceKind::named(service).map(|kind| kind.settings).unwrap_or_default();
        for (name, value) in [("user", &mut self.user), ("password", &mut self.password)] {
            let is_taken = specs.iter().any(|spec| spec.name == name);
            if let Some(text) = value.take_if(|_| is_taken) {
                settings.set_text(name, text);
            }
        }
    }

    /// Makes sure that nothing of the address was left out, but looks.
    pub(super) fn nothing_left(&self) -> Result<(), SettingMistake> {
        if self.user.is_some() || self.password.is_some() {
            let hint = "remove what stands before `@`, or use the settings of the service itself";
            return Err(self.mistake("has a user or a password, which this service does not take here", hint));
        }
        let Some((name, _)) = self.parameters.iter().find(|parameter| !may_be_left(parameter)) else {
            return Ok(());
        };
        let shown = NAMED.split(' ').find(|known| known.eq_ignore_ascii_case(name));
        let words = match shown {
            Some(shown) => format!("has the parameter `{shown}` with a value that has no counterpart here"),
            None => "has a parameter that has no counterpart here".to_owned(),
        };
        Err(self.mistake(words, "remove the parameter, or use the settings of the service itself"))
    }
}

/// Whether a value means yes, as Apprise reads it.
pub(super) fn is_yes(value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    value != "off" && !value.starts_with(['n', 'f', '0', 'd'])
}

/// The entries of a text with commas or spaces between.
pub(super) fn listed(text: &str) -> Vec<String> {
    let is_between = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '[' | ']');
    text.split(is_between).filter(|entry| !entry.is_empty()).map(str::to_owned).collect()
}

/// A text with its percent signs decoded. Unlike in a form, a plus sign is itself, because passwords hold it.
pub(super) fn decoded(text: &str) -> String {
    let plain = text.replace('&', "%26").replace('=', "%3D").replace('+', "%2B");
    form_urlencoded::parse(plain.as_bytes()).map(|(name, _)| name.into_owned()).collect()
}

fn parameter(part: &str) -> (String, String) {
    let (name, value) = part.split_once('=').unwrap_or((part, ""));
    (decoded(name).trim().to_owned(), decoded(value).trim().to_owned())
}

/// Whether a parameter asks for nothing but looks, or for what happens anyway.
fn may_be_left((name, value): &(String, String)) -> bool {
    let name = name.to_ascii_lowercase();
    let value = value.to_ascii_lowercase();
    let is_usual =
        OF_USUAL_VALUE.iter().any(|(known, values)| *known == name && values.contains(&value.as_str()));
    is_usual || OF_LOOKS.split(' ').any(|known| known == name)
}

/// Whether there is a host and nothing more, so that no part of a token was taken for a path.
fn is_origin(url: &Url) -> bool {
    let has_login = !url.username().is_empty() || url.password().is_some();
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    url.has_host() && is_bare && !has_login
}
