//! What may be in an account: text as it was typed in; text as it is stored, or a sentence for whoever typed it.

use subgraph_service::shared_types::Address;

/// Shorter passwords are guessed.
const PASSWORD_CHARACTERS: usize = 8;
/// Longer ones only cost time.
const PASSWORD_BYTES: usize = 256;
/// The first that are tried. Longer lists belong to a service of their own.
const COMMON_PASSWORDS: [&str; 12] = [
    "password",
    "passwort",
    "12345678",
    "123456789",
    "1234567890",
    "qwertyui",
    "qwerty123",
    "password1",
    "password123",
    "iloveyou",
    "11111111",
    "letmein1",
];
const ADDRESSES: usize = 20;

/// An email address in lower case.
pub(crate) fn email(text: &str) -> Result<String, String> {
    let email = text.trim().to_lowercase();
    let well_formed = email.len() <= 254
        && !email
            .chars()
            .any(|character| character.is_whitespace() || character.is_control())
        && email.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty()
                && local.len() <= 64
                && !domain.contains('@')
                && domain.contains('.')
                && domain.split('.').all(|label| !label.is_empty())
        });
    if well_formed {
        Ok(email)
    } else {
        Err("an email address looks like `name@example.com`".to_owned())
    }
}

/// A handle in lower case.
pub(crate) fn handle(text: &str) -> Result<String, String> {
    let handle = text.trim().to_ascii_lowercase();
    let allowed = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-')
    };
    let begins_well = handle
        .bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_lowercase());
    if begins_well && handle.bytes().all(allowed) && (3..=30).contains(&handle.len()) {
        return Ok(handle);
    }
    Err(
        "a handle has 3 to 30 letters (a to z), digits, `_` or `-` and begins with a letter"
            .to_owned(),
    )
}

/// A name to show.
pub(crate) fn display_name(text: &str) -> Result<String, String> {
    line("a display name", text, 80)
}

/// A password for the account with this email address and handle.
pub(crate) fn password<'a>(text: &'a str, email: &str, handle: &str) -> Result<&'a str, String> {
    let characters = text.chars().count();
    if characters < PASSWORD_CHARACTERS || text.len() > PASSWORD_BYTES {
        return Err(format!(
            "a password has {PASSWORD_CHARACTERS} characters at least and {PASSWORD_BYTES} bytes at most"
        ));
    }
    let lower = text.to_lowercase();
    if COMMON_PASSWORDS.contains(&lower.as_str()) || lower == email || lower == handle {
        return Err("this password is among the first that are guessed, take another".to_owned());
    }
    Ok(text)
}

/// The addresses of a user: labels differ.
pub(crate) fn addresses(addresses: Vec<Address>) -> Result<Vec<Address>, String> {
    if addresses.len() > ADDRESSES {
        return Err(format!("a user has {ADDRESSES} addresses at most"));
    }
    let checked = addresses
        .into_iter()
        .map(address)
        .collect::<Result<Vec<_>, _>>()?;
    for (index, address) in checked.iter().enumerate() {
        if checked[..index]
            .iter()
            .any(|earlier| earlier.label.eq_ignore_ascii_case(&address.label))
        {
            return Err(format!(
                "two addresses are called `{}`: give each a label of its own",
                address.label
            ));
        }
    }
    Ok(checked)
}

fn address(address: Address) -> Result<Address, String> {
    let country = address.country.trim().to_ascii_uppercase();
    if country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(format!(
            "`{}` is no country code: use two letters such as `DE`",
            address.country
        ));
    }
    Ok(Address {
        label: line("the label of an address", &address.label, 40)?,
        line1: line("`line1` of an address", &address.line1, 120)?,
        line2: address
            .line2
            .filter(|text| !text.trim().is_empty())
            .map(|text| line("`line2` of an address", &text, 120))
            .transpose()?,
        city: line("the city of an address", &address.city, 80)?,
        postcode: line("the postcode of an address", &address.postcode, 16)?,
        country,
    })
}

fn line(what: &str, text: &str, longest: usize) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > longest || text.chars().any(char::is_control) {
        return Err(format!(
            "{what} has 1 to {longest} characters, all on one line"
        ));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_email(text: &str, expected: Option<&str>) {
        assert_eq!(email(text).ok().as_deref(), expected, "{text}");
    }

    #[test]
    fn email_addresses_are_lower_case_and_well_formed() {
        check_email(" Ada@Example.com ", Some("ada@example.com"));
        for wrong in [
            "ada",
            "@example.com",
            "ada@",
            "ada@localhost",
            "ada@example..com",
            "a b@example.com",
            "a@b@c.com",
        ] {
            check_email(wrong, None);
        }
    }

    fn check_handle(text: &str, expected: Option<&str>) {
        assert_eq!(handle(text).ok().as_deref(), expected, "{text}");
    }

    #[test]
    fn handles_are_short_plain_words() {
        check_handle("Ada_99", Some("ada_99"));
        for wrong in [
            "ab",
            "9lives",
            "ada lovelace",
            "ada@x",
            "ünï",
            &"a".repeat(31),
        ] {
            check_handle(wrong, None);
        }
    }

    fn check_password(text: &str, accepted: bool) {
        assert_eq!(
            password(text, "ada@example.com", "lovelace").is_ok(),
            accepted,
            "{text}"
        );
    }

    #[test]
    fn passwords_that_are_guessed_first_are_refused() {
        check_password("weft-demo-1", true);
        check_password("пароль-ада", true);
        for wrong in [
            "short",
            "Password123",
            "ada@example.com",
            "LOVELACE",
            &"x".repeat(257),
        ] {
            check_password(wrong, false);
        }
    }

    fn home(label: &str, country: &str) -> Address {
        let text = |text: &str| text.to_owned();
        Address {
            label: text(label),
            line1: text("1 Main St"),
            line2: Some(text(" ")),
            city: text("Turin"),
            postcode: text("10121"),
            country: text(country),
        }
    }

    #[test]
    fn addresses_are_tidied_and_their_labels_differ() {
        assert_eq!(
            addresses(vec![home("home", "it")])
                .map(|list| (list[0].country.clone(), list[0].line2.clone())),
            Ok(("IT".to_owned(), None))
        );
        assert!(
            addresses(vec![home("home", "IT"), home("Home", "IT")])
                .is_err_and(|error| error.contains("`Home`"))
        );
        assert!(
            addresses(vec![home("home", "Italy")])
                .is_err_and(|error| error.contains("two letters"))
        );
    }
}
