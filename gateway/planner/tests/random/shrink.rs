//! Makes a failing case small: selections and lines of subgraphs are left out for as long as it fails in the same way.

use std::fmt::Write;

/// A selection with those below it.
#[derive(Clone)]
struct Selection {
    head: String,
    below: Vec<Selection>,
}

/// The smallest operation and subgraphs that fail as the given ones do; `failure` tells in which way, if they fail.
pub(crate) fn smallest(
    texts: &[String],
    operation: &str,
    failure: &dyn Fn(&[String], &str) -> Option<String>,
) -> (Vec<String>, String) {
    let kind = |texts: &[String], operation: &str| Some(words(&failure(texts, operation)?));
    let Some(wanted) = kind(texts, operation) else {
        return (texts.to_vec(), operation.to_owned());
    };
    let fails =
        |texts: &[String], operation: &str| kind(texts, operation).as_ref() == Some(&wanted);
    let mut best = (texts.to_vec(), operation.to_owned());
    loop {
        let before = best.clone();
        best.1 = smaller_operation(&best.1, &|text| fails(&best.0, text));
        best.0 = fewer_lines(&best.0, &|texts| fails(texts, &best.1));
        if best == before {
            return best;
        }
    }
}

/// The start of a message without its numbers and names.
fn words(message: &str) -> String {
    let words = message.split_whitespace();
    let plain = words.filter(|word| word.chars().all(|c| c.is_ascii_lowercase()));
    plain.take(6).collect::<Vec<_>>().join(" ")
}

fn smaller_operation(operation: &str, fails: &dyn Fn(&str) -> bool) -> String {
    let (keyword, rest) = operation.split_once('(').unwrap();
    let (_, rest) = rest.split_once('{').unwrap();
    let mut tokens = tokens(rest).into_iter();
    let mut selections = parse(&mut tokens);
    let mut number = 0;
    loop {
        let mut left = number;
        let Some(candidate) = without(&selections, &mut left) else {
            return print(keyword, &selections);
        };
        match fails(&print(keyword, &candidate)) {
            true => selections = candidate,
            false => number += 1,
        }
    }
}

/// Without the selection of that number, or without what is below it.
fn without(selections: &[Selection], number: &mut usize) -> Option<Vec<Selection>> {
    for (position, selection) in selections.iter().enumerate() {
        let mut others = selections.to_vec();
        if *number == 0 {
            others.remove(position);
            return Some(others);
        }
        *number -= 1;
        if selection.below.iter().any(|one| one.head != "__typename") {
            if *number == 0 {
                let head = "__typename".to_owned();
                let below = Vec::new();
                others[position].below = vec![Selection { head, below }];
                return Some(others);
            }
            *number -= 1;
        }
        if let Some(below) = without(&selection.below, number) {
            others[position].below = below;
            return Some(others);
        }
    }
    None
}

fn print(keyword: &str, selections: &[Selection]) -> String {
    let mut body = String::new();
    write(selections, &mut body);
    let number = if body.contains("$number") {
        ", $number: Int"
    } else {
        ""
    };
    format!("{keyword}($yes: Boolean!, $no: Boolean!{number}) {body}")
}

fn write(selections: &[Selection], out: &mut String) {
    out.push_str("{ ");
    for selection in selections {
        // Writing to a string cannot fail.
        let _ = write!(out, "{} ", selection.head);
        if !selection.below.is_empty() {
            write(&selection.below, out);
        }
    }
    out.push_str("} ");
}

/// Words, of which those in one pair of parentheses are one.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match tokens.last_mut() {
            Some(last) if last.matches('(').count() > last.matches(')').count() => {
                last.push(' ');
                last.push_str(word);
            }
            _ => tokens.push(word.to_owned()),
        }
    }
    tokens
}

fn parse(tokens: &mut impl Iterator<Item = String>) -> Vec<Selection> {
    let mut selections: Vec<Selection> = Vec::new();
    while let Some(token) = tokens.next() {
        match (token.as_str(), selections.last_mut()) {
            ("}", _) => break,
            ("{", Some(last)) => last.below = parse(tokens),
            (word, Some(last)) if goes_on(&last.head, word) => {
                last.head.push(' ');
                last.head.push_str(word);
            }
            _ => selections.push(Selection {
                head: token,
                below: Vec::new(),
            }),
        }
    }
    selections
}

/// Whether a word belongs to the selection before it.
fn goes_on(head: &str, word: &str) -> bool {
    word.starts_with('@')
        || head.ends_with(':')
        || (head == "..." && word == "on")
        || head == "... on"
}

fn fewer_lines(texts: &[String], fails: &dyn Fn(&[String]) -> bool) -> Vec<String> {
    let mut best = texts.to_vec();
    for number in 0..best.len() {
        let mut start = 1;
        while start < best[number].lines().count() {
            let lines: Vec<&str> = best[number].lines().collect();
            let mut end = start + 1;
            if lines[start].ends_with('{') {
                end += lines[start..]
                    .iter()
                    .position(|line| *line == "}")
                    .unwrap_or(0);
            }
            let left: Vec<&str> = [&lines[..start], &lines[end.min(lines.len())..]].concat();
            let mut candidate = best.clone();
            candidate[number] = left.join("\n") + "\n";
            match fails(&candidate) {
                true => best = candidate,
                false => start += 1,
            }
        }
    }
    best
}
