//! Merges unions: the members of all subgraphs, united.

use apollo_compiler::Name;
use apollo_compiler::ast::Value;
use weft_diagnostic::{Diagnostic, Severity};

use crate::codes::INCONSISTENT_UNION_MEMBER;
use crate::merge::Merging;
use crate::merge::join::{argument, directive};
use crate::merge::mismatch::Place;
use crate::merge::sources::TypeSource;

impl Merging<'_> {
    /// Merges a union.
    pub(super) fn merge_union(&mut self, name: &Name) {
        self.merge_type_head(name);
        let sources = self.type_sources(name);
        let mut joined = Vec::new();
        for (subgraph, source) in &sources {
            for member in &source.members {
                if let Some(ty) = self.merged.types.get_mut(name) {
                    ty.members.insert(Name::new_unchecked(member));
                }
                joined.push(directive(
                    "join__unionMember",
                    vec![
                        self.graph_argument(*subgraph),
                        argument("member", Value::String(member.to_string())),
                    ],
                ));
            }
        }
        if let Some(ty) = self.merged.types.get_mut(name) {
            ty.directives.extend(joined);
            for member in ty.members.clone() {
                self.hint_on_member(name, &member, &sources);
            }
        }
    }

    fn hint_on_member(&mut self, name: &Name, member: &Name, sources: &[TypeSource<'_>]) {
        if sources
            .iter()
            .all(|(_, source)| source.members.contains(member))
        {
            return;
        }
        let message = format!("`{member}` is a member of `{name}` in some subgraphs only");
        let hint = Diagnostic::new(INCONSISTENT_UNION_MEMBER, Severity::Debug, message)
            .with_coordinate(name.as_str());
        let places = sources.iter().map(|(subgraph, source)| {
            match source.members.iter().find(|known| *known == member) {
                Some(known) => Place::new(*subgraph, known.location(), "a member here"),
                None => Place::new(*subgraph, source.written.location(), "not a member here"),
            }
        });
        let hint = self.with_places(hint, places);
        self.hints.push(hint);
    }
}
