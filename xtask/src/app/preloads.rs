//! What a page asks for before its code does.

/// Trunk names what is loaded with the app in any order. In one order a page that did not change is the
/// same, and the server that carries it is not built again.
pub fn in_one_order(html: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(html);
    let mut tags: Vec<&str> = text.split_inclusive('>').collect();
    let (at, mut modules): (Vec<usize>, Vec<&str>) = (tags.iter().copied().enumerate())
        .filter(|(_, tag)| tag.ends_with("rel=modulepreload>"))
        .unzip();
    modules.sort_unstable();
    for (at, module) in at.into_iter().zip(modules) {
        tags[at] = module;
    }
    tags.concat().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_names_its_modules_in_one_order() {
        let page = |[one, other]: [&str; 2]| {
            let link = |name| format!("<link href=/{name}.js rel=modulepreload>");
            format!("<head>{}<meta>{}</head>", link(one), link(other)).into_bytes()
        };
        assert_eq!(in_one_order(&page(["b", "a"])), page(["a", "b"]));
    }
}
