//! Each code speaks: its sentence has words, its remedy too, and parameters are written as parameters.

use brygga_core::Code;
use brygga_core::code::Class;

fn params(text: &str) -> Vec<&str> {
    text.split('{')
        .skip(1)
        .map(|rest| rest.split('}').next().unwrap())
        .collect()
}

#[test]
fn each_code_has_a_sentence_and_a_remedy() {
    for code in Code::ALL {
        let text = code.template();
        assert!(text.ends_with(['.', '}']), "{code}: {text}");
        assert!(code.remedy().ends_with('.'), "{code}: {}", code.remedy());
        assert_eq!(
            text.matches('{').count(),
            text.matches('}').count(),
            "{code}"
        );
        assert!(
            params(code.remedy()).is_empty(),
            "{code}: a remedy has no parameters"
        );
        for param in params(text) {
            assert!(
                param.chars().all(|c| c.is_ascii_lowercase() || c == '_'),
                "{code}: {param}"
            );
        }
        let word = code.as_str();
        assert!(
            word.chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'),
            "{word}"
        );
        match code.class() {
            Class::Skipped => assert!(word.starts_with("skipped-"), "{word}"),
            Class::Waiting => {
                assert!(
                    word.starts_with("waiting-") || *code == Code::VatModeUnconfirmed,
                    "{word}"
                );
            }
            Class::Held | Class::Failure => {}
        }
    }
}
