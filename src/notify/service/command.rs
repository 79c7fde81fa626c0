//! A command: a program of this machine, started without a shell. It gets the message for programs as JSON
//! on its standard input.

use std::path::Path;

use crate::notify::message::Message;
use crate::notify::outgoing::CommandCall;
use crate::notify::settings::{SettingKind, SettingMistake, SettingSpec, Settings, print_name_only};

/// The settings.
pub(in crate::notify) const SETTINGS: &[SettingSpec] = &[SettingSpec {
    name: "argv",
    kind: SettingKind::Program,
    required: true,
    words: "The program and its arguments. It gets the message as JSON on its standard input.",
}];

/// A program of this machine.
#[derive(Clone)]
pub struct CommandTarget {
    argv: Vec<String>,
}

print_name_only!(CommandTarget);

impl CommandTarget {
    /// The target of these settings.
    ///
    /// # Errors
    /// When a setting cannot be used.
    pub fn of(settings: &Settings) -> Result<Self, SettingMistake> {
        let argv = settings.texts("argv");
        let Some(program) = argv.first().filter(|program| !program.trim().is_empty()) else {
            let hint = "write argv = [\"/usr/local/bin/tell\", \"harbour\"]";
            return Err(SettingMistake::new("argv", "`argv` names no program", hint));
        };
        // A relative path would depend on the folder in which feedbridge was started.
        if !Path::new(program).is_absolute() && program.contains(['/', '\\']) {
            let hint = "write its whole path, or its name alone if it is in PATH";
            return Err(SettingMistake::new("argv", "the program of `argv` is a relative path", hint));
        }
        if argv.iter().any(|text| text.contains('\0')) {
            let hint = "remove it: no program can be given one";
            return Err(SettingMistake::new("argv", "`argv` has a null character", hint));
        }
        Ok(Self { argv })
    }

    /// The call for a message.
    #[must_use]
    pub fn call(&self, message: &Message) -> CommandCall {
        CommandCall { argv: self.argv.clone(), input: message.data.to_string().into_bytes() }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::EventKind;
    use crate::notify::service::examples::{message, texts};

    fn target(argv: &[&str]) -> Result<CommandTarget, SettingMistake> {
        let mut settings = Settings::default();
        settings.set("argv", texts(argv));
        CommandTarget::of(&settings)
    }

    #[test]
    fn a_program_gets_the_message_as_it_is() {
        let data = json!({ "title": "Low tide; rm -rf /" });
        let message = Message { data, ..message(EventKind::Item, "Low tide; rm -rf /", "") };
        let call = target(&["tell", "$(harbour)"]).expect("a target").call(&message);
        assert_eq!(call.argv, ["tell", "$(harbour)"]);
        assert_eq!(call.input, br#"{"title":"Low tide; rm -rf /"}"#);
    }

    #[test]
    fn mistakes_are_told() {
        let mistake = |argv: &[&str]| target(argv).expect_err("a mistake").message;
        assert_eq!(mistake(&[]), "`argv` names no program");
        assert_eq!(mistake(&[" "]), "`argv` names no program");
        assert_eq!(mistake(&["bin/tell"]), "the program of `argv` is a relative path");
        assert_eq!(mistake(&["../tell"]), "the program of `argv` is a relative path");
        assert_eq!(mistake(&["tell", "a\0b"]), "`argv` has a null character");
        assert!(target(&["/usr/bin/tell"]).is_ok());
    }
}
