//! `--context KEY=VALUE`: condition keys on the command line.

use notewarden_domain::policy::{Context, ContextValue};

/// What stands after the `=`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    /// A value, alone unless its key is given again.
    Value(String),
    /// A list, whatever it holds.
    List(Vec<String>),
}

pub fn parse(text: &str) -> Result<(String, Given), String> {
    let (key, value) = text
        .split_once('=')
        .ok_or("a context key and its value are joined by `=`")?;
    if key.is_empty() {
        return Err("there is no key before the `=`".to_owned());
    }
    Ok((key.to_owned(), given(value)))
}

fn given(value: &str) -> Given {
    let inside = value
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    match (inside, serde_json::from_str(value)) {
        (None, _) => Given::Value(value.to_owned()),
        (Some(_), Ok(list)) => Given::List(list),
        (Some(plain), Err(_)) => {
            Given::List(plain.split(',').map(|v| v.trim().to_owned()).collect())
        }
    }
}

/// Adds what was given to `context`, in place of what it has.
pub fn add_to<'a>(mut context: Context<'a>, given: &'a [(String, Given)]) -> Context<'a> {
    for (key, _) in given {
        let of_key = || given.iter().filter(|(k, _)| k.eq_ignore_ascii_case(key));
        let value = match of_key().map(|(_, given)| given).collect::<Vec<_>>()[..] {
            [Given::Value(value)] => ContextValue::One(value.into()),
            ref several => {
                let values = several.iter().flat_map(|given| match given {
                    Given::Value(value) => std::slice::from_ref(value),
                    Given::List(values) => values,
                });
                ContextValue::Many(values.map(Into::into).collect())
            }
        };
        context.set(key, value);
    }
    context
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(given: &[&str]) -> String {
        let given: Vec<_> = given.iter().map(|text| parse(text).unwrap()).collect();
        serde_json::to_string(&add_to(Context::new(), &given)).unwrap()
    }

    #[test]
    fn one_value_is_no_list_unless_it_says_so() {
        for (given, expected) in [
            (&["k=v"][..], r#"{"k":"v"}"#),
            (&["k="], r#"{"k":""}"#),
            (&["k=a=b"], r#"{"k":"a=b"}"#),
            (&["k=[v]"], r#"{"k":["v"]}"#),
            (&["k=[]"], r#"{"k":[]}"#),
            (&["k=[a, b]"], r#"{"k":["a","b"]}"#),
            (&[r#"k=["a,b"]"#], r#"{"k":["a,b"]}"#),
            (&["k=[v"], r#"{"k":"[v"}"#),
            (&["k=a", "K=b", "l=c"], r#"{"k":["a","b"],"l":"c"}"#),
            (&["k=[a]", "k=b,c"], r#"{"k":["a","b,c"]}"#),
        ] {
            assert_eq!(context(given), expected, "{given:?}");
        }
    }

    #[test]
    fn a_key_is_needed() {
        assert!(parse("s3:prefix").is_err());
        assert!(parse("=v").is_err());
    }
}
