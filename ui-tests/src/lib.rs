//! The fixtures stand in rules/, syntax/, use/, editor/ and pass/; tests/ runs them.
