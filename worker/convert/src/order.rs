//! The order in which a graph's nodes can be evaluated.

use std::collections::BTreeMap;

use crate::{
    error::ConvertError,
    tfjs::{GraphModel, Node},
};

/// Every node that the outputs need, each after its inputs. Depends on nothing but the graph.
pub(crate) fn evaluation_order<'m>(
    model: &'m GraphModel,
    outputs: &[&'m str],
) -> Result<Vec<&'m Node>, ConvertError> {
    let mut search = Search {
        model,
        finished: BTreeMap::new(),
        order: Vec::new(),
    };
    for output in outputs {
        search.visit(output)?;
    }
    Ok(search.order)
}

struct Search<'m> {
    model: &'m GraphModel,
    /// `false` while a node's inputs are being visited.
    finished: BTreeMap<&'m str, bool>,
    order: Vec<&'m Node>,
}

impl<'m> Search<'m> {
    /// Depth first, with a stack of its own: a damaged file may hold a very long chain.
    fn visit(&mut self, output: &'m str) -> Result<(), ConvertError> {
        let mut stack = vec![(output, "the output")];
        while let Some(&(name, wanted_by)) = stack.last() {
            match self.finished.get(name) {
                Some(true) => {
                    stack.pop();
                }
                Some(false) => {
                    stack.pop();
                    self.finish(name, wanted_by)?;
                }
                None => self.push_inputs(name, wanted_by, &mut stack)?,
            }
        }
        Ok(())
    }

    fn push_inputs(
        &mut self,
        name: &'m str,
        wanted_by: &str,
        stack: &mut Vec<(&'m str, &'m str)>,
    ) -> Result<(), ConvertError> {
        let node = self.model.node(name, wanted_by)?;
        self.finished.insert(name, false);
        for input in node.inputs()?.into_iter().rev() {
            match self.finished.get(input) {
                Some(true) => {}
                Some(false) => {
                    return Err(ConvertError::Cycle {
                        node: input.to_owned(),
                    });
                }
                None => stack.push((input, name)),
            }
        }
        Ok(())
    }

    fn finish(&mut self, name: &'m str, wanted_by: &str) -> Result<(), ConvertError> {
        self.finished.insert(name, true);
        self.order.push(self.model.node(name, wanted_by)?);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::toy, *};

    fn order(edges: &[(&str, &[&str])], output: &str) -> Result<Vec<String>, ConvertError> {
        let mut model = toy::Model::default();
        for (name, inputs) in edges {
            model.node(name, "Add", inputs, json!({}));
        }
        let (json, bin) = model.files();
        let model = GraphModel::read(&json, &bin).unwrap();
        Ok(evaluation_order(&model, &[output])?
            .into_iter()
            .map(|node| node.name.clone())
            .collect())
    }

    #[test]
    fn every_node_comes_once_and_after_its_inputs() {
        let edges: [(&str, &[&str]); 5] = [
            ("d", &["b", "c"]),
            ("b", &["a"]),
            ("c", &["a", "b"]),
            ("a", &[]),
            ("unused", &["d"]),
        ];
        assert_eq!(order(&edges, "d").unwrap(), ["a", "b", "c", "d"]);
    }

    #[test]
    fn a_cycle_is_refused() {
        let edges: [(&str, &[&str]); 3] = [("a", &["c"]), ("b", &["a"]), ("c", &["b"])];
        assert!(matches!(
            order(&edges, "c"),
            Err(ConvertError::Cycle { .. })
        ));
        assert!(matches!(
            order(&[("a", &["a"])], "a"),
            Err(ConvertError::Cycle { .. })
        ));
    }

    #[test]
    fn a_missing_input_is_named_with_what_needs_it() {
        let error = order(&[("a", &["ghost"])], "a").unwrap_err();
        assert!(
            matches!(&error, ConvertError::MissingNode { node, wanted_by } if node == "ghost" && wanted_by == "a"),
            "{error:?}"
        );
    }

    #[test]
    fn a_very_long_chain_does_not_overflow_the_stack() {
        let names: Vec<String> = (0..50_000).map(|i| format!("n{i:06}")).collect();
        let mut model = toy::Model::default();
        model.node(&names[0], "Add", &[], json!({}));
        for pair in names.windows(2) {
            model.node(&pair[1], "Add", &[&pair[0]], json!({}));
        }
        let (json, bin) = model.files();
        let model = GraphModel::read(&json, &bin).unwrap();
        let order = evaluation_order(&model, &[names.last().unwrap()]).unwrap();
        assert_eq!(order.len(), names.len());
    }
}
