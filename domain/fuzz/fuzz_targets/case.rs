//! Any text as a case: what is decided is what is explained, and the explanation can be printed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use notewarden_domain::policy::Case;

fuzz_target!(|line: &str| {
    let Ok(case) = Case::parse(line) else { return };
    let request = case.request();
    let explanation = case.policies.explain(&request);
    assert_eq!(explanation.verdict, case.policies.evaluate(&request));
    assert!(
        explanation
            .to_string()
            .starts_with(explanation.verdict.as_str())
    );
});
