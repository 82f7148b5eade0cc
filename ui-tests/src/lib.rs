//! The fixtures stand in rules/, syntax/, use/, editor/ and pass/; tests/ runs them.

/// Each panel of the folder pass/ of the crate as a module, and a test that none is left out.
#[macro_export]
macro_rules! panels {
    ($($path:literal $name:ident,)+) => {
        $(#[path = $path] mod $name;)+

        #[test]
        fn every_panel_of_the_folder_is_compiled() {
            let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("pass");
            let mut names: Vec<String> = std::fs::read_dir(folder)
                .expect("the folder is there")
                .map(|entry| entry.expect("a file").path())
                .map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned())
                .collect();
            names.sort();
            let mut compiled = [$(stringify!($name)),+];
            compiled.sort_unstable();
            assert_eq!(names, compiled);
        }
    };
}
