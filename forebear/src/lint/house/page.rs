//! `x-page`: a GET of a page of rows, with a limit, a token, and filters that each rest on an index.

use super::super::{
    distance::nearest,
    follow::{Operation, Spot, component, media, operations},
    idents::{at, list},
    map::Map,
    report::Report,
};
use crate::{
    api::ref_name,
    source::join,
    store::{
        Column, Index, Table,
        list::{filterable, is_paging, target},
    },
};
use heck::{ToKebabCase, ToSnakeCase};

/// Checks every paged list.
pub(super) fn check(map: &Map<'_>, tables: &[Table], report: &mut Report<'_>) {
    for operation in operations(map).iter().filter(|o| o.spot.value["x-page"] == true) {
        let pointer = join(&operation.spot.pointer, "x-page");
        if operation.method != "get" {
            let message = format!("`x-page` on a {}", operation.method.to_uppercase());
            report.add(&pointer, message, "make the operation a GET; only a list is read page by page");
            continue;
        }
        let params = operation.params(map.root);
        limit(map, operation, &params, report);
        token(map, operation, &params, report);
        if let Some(table) = rows(map, operation, tables, report) {
            filters(map, &params, table, report);
        }
    }
}

const PAGE: &str =
    "answer with a schema `<Row>Page` that has `items`, a list of `$ref` to a schema with `x-table`, and `next_page`";

/// The table whose rows are listed.
fn rows<'t>(
    map: &Map<'_>,
    operation: &Operation<'_>,
    tables: &'t [Table],
    report: &mut Report<'_>,
) -> Option<&'t Table> {
    let (_, response) = operation.success(map.root)?;
    let Some((_, schema)) = media(&response) else {
        report.add(&response.pointer, "a paged list answers without a page", PAGE);
        return None;
    };
    let name = ref_name(schema.value)?;
    let page = component(map, name)?;
    if report.is_blocked(&join(&page.pointer, "properties")) {
        return None;
    }
    let items = page.get("properties").and_then(|p| p.get("items"));
    let Some(row) = items.as_ref().and_then(|i| ref_name(i.value.get("items")?)) else {
        report.add(&page.pointer, format!("`{name}` is the page of a list and has no `items` that name a row"), PAGE);
        return None;
    };
    if page.get("properties").and_then(|p| p.get("next_page")).is_none() {
        report.add(&page.pointer, format!("`{name}` is the page of a list and has no `next_page`"), PAGE);
    }
    for (key, extra) in
        page.entries("properties").into_iter().filter(|(k, _)| !matches!(k.as_str(), "items" | "next_page"))
    {
        let message = format!("the page of a list has a member `{key}`, which the server does not fill");
        report.add(&extra.pointer, message, "remove it; a page is `items` and `next_page`");
    }
    for required in page.items("required").iter().filter(|r| *r.value == "next_page") {
        let message = "`next_page` is required, and the last page has none";
        report.add(&required.pointer, message, "remove `next_page` from `required`");
    }
    if name != format!("{row}Page") {
        report.add(&page.pointer, format!("`{name}` is the page of a list of `{row}`"), format!("call it `{row}Page`"));
    }
    let row_schema = component(map, row)?;
    if row_schema.value.get("x-table").is_none() {
        let message = format!("`{name}` lists `{row}`, which has no table to page through");
        report.add(
            &join(&page.pointer, "properties"),
            message,
            format!("write `x-table` on `{row}`, or remove `x-page`"),
        );
    }
    tables.iter().find(|t| t.schema == row)
}

fn query<'p, 'a>(params: &'p [Spot<'a>], name: &str) -> Option<&'p Spot<'a>> {
    params.iter().find(|p| p.value["in"] == "query" && p.value["name"] == name)
}

fn limit(map: &Map<'_>, operation: &Operation<'_>, params: &[Spot<'_>], report: &mut Report<'_>) {
    let Some(limit) = query(params, "limit") else {
        let remedy = "add a query parameter `limit`, an integer with `minimum: 1`, a `maximum` and a `default`";
        return report.add(&operation.spot.pointer, "the paged list has no parameter `limit`", remedy);
    };
    let Some(schema) = limit.get("schema").and_then(|s| s.bare(map.root)) else { return };
    if limit.value["required"] == true {
        report.add(
            &join(&limit.pointer, "required"),
            "`limit` is required",
            "remove `required`; its schema has a `default`",
        );
    }
    if schema.value["type"] != "integer" || !schema.value["default"].is_number() {
        report.add(
            &limit.pointer,
            "`limit` is not an integer with a `default`",
            "write `type: integer` and a `default` in its schema",
        );
    }
}

fn token(map: &Map<'_>, operation: &Operation<'_>, params: &[Spot<'_>], report: &mut Report<'_>) {
    let Some(token) = query(params, "page-token") else {
        let misspelt = |p: &Spot<'_>| p.value["name"].as_str().is_some_and(|n| n.to_kebab_case() == "page-token");
        if params.iter().any(misspelt) {
            return;
        }
        let remedy = "add a query parameter `page-token` whose schema is a `$ref` to a text";
        return report.add(&operation.spot.pointer, "the paged list has no parameter `page-token`", remedy);
    };
    let Some(schema) = token.get("schema") else { return };
    let is_text = schema.clone().bare(map.root).is_none_or(|s| s.value["type"] == "string");
    if token.value["required"] == true {
        report.add(
            &join(&token.pointer, "required"),
            "`page-token` is required",
            "remove `required`; the first page has no token",
        );
    } else if !is_text || ref_name(schema.value).is_none() {
        report.add(
            &schema.pointer,
            "`page-token` is not a named text",
            "write a `$ref` to a component of `type: string`",
        );
    }
}

/// Where the property of a filter would stand.
fn indexed(table: &Table, filter: &str) -> String {
    at("/components/schemas", &[&table.schema, "properties", &filter.to_snake_case()])
}

fn whole(names: &[String]) -> String {
    names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(" or ")
}

/// The whole names of what a filter may mean, if that is more than one and the first is not named in whole.
fn ambiguous(filter: &str, table: &Table) -> Option<Vec<String>> {
    let fits = |c: &&Column| {
        let beginning = filter.strip_suffix("-prefix").filter(|_| matches!(c.index, None | Some(Index::Equal)));
        let leaf = c.path.last().map(|l| l.to_kebab_case());
        let names = [leaf.unwrap_or_default(), c.name.to_kebab_case()];
        (c.key || c.unique || c.index.is_some()) && names.iter().any(|n| n == filter || Some(n.as_str()) == beginning)
    };
    let columns = table.columns.iter().filter(fits).map(|c| c.path.join("-").to_kebab_case());
    let sides = table.sides.iter().filter(|s| s.item.as_ref().is_some_and(|i| i.to_kebab_case() == filter));
    let sides = sides.map(|s| format!("{}-{filter}", s.path.join("-").to_kebab_case()));
    let all: Vec<String> = columns.chain(sides).collect();
    (all.len() > 1 && all[0] != filter.strip_suffix("-prefix").unwrap_or(filter) && all[0] != filter).then_some(all)
}

fn filters(map: &Map<'_>, params: &[Spot<'_>], table: &Table, report: &mut Report<'_>) {
    for param in params.iter().filter(|p| p.value["in"] == "query") {
        let Some(name) = param.value["name"].as_str().filter(|n| !is_paging(n)) else { continue };
        if target(name, table).is_none() {
            if is_paging(&name.to_kebab_case()) || report.has_under(&indexed(table, name)) {
                continue; // said already, of the name or of the index
            }
            let allowed = filterable(table);
            let meant = nearest(name, allowed.iter().map(String::as_str)).map(|m| format!("write `{m}`, or "));
            let remedy = format!(
                "{}put `x-index` on the property; `{}` may be filtered by {}",
                meant.unwrap_or_default(),
                table.schema,
                list(allowed.iter().map(String::as_str))
            );
            report.add(&join(&param.pointer, "name"), format!("the filter `{name}` rests on no index"), remedy);
            continue;
        }
        if let Some(meant) = ambiguous(name, table) {
            let message = format!("the filter `{name}` fits more than one index of `{}`", table.schema);
            report.add(&join(&param.pointer, "name"), message, format!("write {}", whole(&meant)));
        }
        if param.value["required"] == true {
            report.add(
                &join(&param.pointer, "required"),
                format!("the filter `{name}` is required"),
                "remove `required`",
            );
        }
        let schema = param.get("schema").and_then(|s| s.bare(map.root));
        if let Some(schema) = schema.filter(|s| s.value.get("default").is_some()) {
            let message = format!("the filter `{name}` has a `default`, so the list could never be read without it");
            report.add(&join(&schema.pointer, "default"), message, "remove `default`");
        }
    }
}
