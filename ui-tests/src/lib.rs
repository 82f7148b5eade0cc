//! The fixtures stand in rules/, syntax/, use/ and pass/; tests/ runs them.
