use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use callreel_protocol::{RecordingId, Sort, SortKey};
use serde::{Deserialize, Serialize};
use sqlx::{QueryBuilder, Row as _, Sqlite};

use super::{
    Library, Row, Whose,
    row::{number, select},
};

/// Which recordings are listed, and in which order.
#[derive(Clone, Debug)]
pub struct List {
    /// Whose.
    pub whose: Whose,
    /// Words that title, room or participant hold somewhere; empty for all.
    pub search: String,
    /// In which order.
    pub sort: Sort,
    /// Behind which one.
    pub after: Option<Cursor>,
    /// How many at most.
    pub limit: u32,
}

/// One page of a list.
#[derive(Debug)]
pub struct Page {
    /// The recordings.
    pub rows: Vec<Row>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
    /// How many recordings all pages have.
    pub total: u64,
}

/// A place in a list: behind the recording with this key. It stays right when recordings come
/// and go, where a page number would skip some and repeat others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    #[serde(rename = "s")]
    sort: String,
    #[serde(rename = "k")]
    key: Key,
    #[serde(rename = "i")]
    id: RecordingId,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
enum Key {
    Number(u64),
    Text(String),
}

impl Cursor {
    fn behind(row: &Row, sort: Sort) -> Self {
        let key = match sort.by {
            SortKey::Created => Key::Number(row.created_at),
            SortKey::Title => Key::Text(row.title.to_lowercase()),
            SortKey::Duration => Key::Number(row.duration_ms.unwrap_or(0)),
            SortKey::Size => Key::Number(row.size),
        };
        let sort = sort.to_string();
        Self {
            sort,
            key,
            id: row.id,
        }
    }

    /// The text that stands for it in an address.
    pub fn encode(&self) -> String {
        let json = serde_json::to_vec(self).expect("a struct of texts and numbers is always JSON");
        URL_SAFE_NO_PAD.encode(json)
    }

    /// Reads what [`encode`](Self::encode) wrote for a list in this order.
    pub fn decode(text: &str, sort: Sort) -> Option<Self> {
        let json = URL_SAFE_NO_PAD.decode(text).ok()?;
        let cursor: Self = serde_json::from_slice(&json).ok()?;
        let is_text = matches!(cursor.key, Key::Text(_));
        (cursor.sort == sort.to_string() && is_text == (sort.by == SortKey::Title))
            .then_some(cursor)
    }
}

impl Library {
    /// One page of recordings that are not deleted.
    pub async fn list(&self, list: &List) -> Result<Page, sqlx::Error> {
        let mut query = select_page(list, select!(""));
        let rows = query.build().fetch_all(&self.read).await?;
        let mut rows = rows.iter().map(Row::read).collect::<Result<Vec<_>, _>>()?;

        let limit = list.limit as usize;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let last = rows.last().filter(|_| more);
        let next = last.map(|row| Cursor::behind(row, list.sort));

        let total = if list.after.is_none() && next.is_none() {
            rows.len() as u64
        } else {
            self.count(list).await?
        };
        Ok(Page { rows, next, total })
    }

    async fn count(&self, list: &List) -> Result<u64, sqlx::Error> {
        let mut query = QueryBuilder::new("SELECT count(*) FROM recordings ");
        push_filter(&mut query, list);
        let row = query.build().fetch_one(&self.read).await?;
        Ok(row.try_get::<i64, _>(0)?.max(0) as u64)
    }
}

/// What gives the rows of a page, and one more where there is another page.
fn select_page(list: &List, select: &'static str) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new(select);
    push_filter(&mut query, list);
    push_order(&mut query, list);
    query.push(" LIMIT ").push_bind(i64::from(list.limit) + 1);
    query
}

fn push_filter(query: &mut QueryBuilder<Sqlite>, list: &List) {
    query.push("WHERE deleted_at IS NULL");
    if let Whose::Owner(owner) = list.whose {
        query
            .push(" AND owner = ")
            .push_bind(owner.as_bytes().to_vec());
    }
    for word in list.search.split_whitespace() {
        query
            .push(" AND instr(words, ")
            .push_bind(word.to_lowercase());
        query.push(") > 0");
    }
}

fn push_order(query: &mut QueryBuilder<Sqlite>, list: &List) {
    let key = match list.sort.by {
        SortKey::Created => "created_at",
        SortKey::Title => "title_key",
        SortKey::Duration => "ifnull(duration_ms, 0)",
        SortKey::Size => "size",
    };
    let (beyond, direction) = match list.sort.descending {
        true => ("<", " DESC"),
        false => (">", ""),
    };
    if let Some(cursor) = &list.after {
        if list.sort.by == SortKey::Duration {
            // SQLite looks for a pair in an index only if both are columns, and would read all that
            // comes before.
            query.push(format_args!(" AND {key} {beyond}= "));
            push_key(query, &cursor.key);
        }
        query.push(format_args!(" AND ({key}, id) {beyond} ("));
        push_key(query, &cursor.key);
        query
            .push(", ")
            .push_bind(cursor.id.as_bytes().to_vec())
            .push(")");
    }
    query.push(format_args!(" ORDER BY {key}{direction}, id{direction}"));
}

fn push_key(query: &mut QueryBuilder<Sqlite>, key: &Key) {
    match key {
        Key::Number(key) => query.push_bind(number(*key)),
        Key::Text(key) => query.push_bind(key.clone()),
    };
}

#[cfg(test)]
mod tests {
    use sqlx::{Connection as _, SqliteConnection};

    use super::{super::MIGRATIONS, *};
    use crate::library::OwnerHash;

    /// How SQLite goes about it (<https://www.sqlite.org/eqp.html>), on tables as they are made.
    async fn plan(list: &List) -> Result<String, sqlx::Error> {
        let mut tables = SqliteConnection::connect("sqlite::memory:").await?;
        for &(_, _, sql) in MIGRATIONS {
            sqlx::raw_sql(sql).execute(&mut tables).await?;
        }
        let mut query = select_page(list, concat!("EXPLAIN QUERY PLAN ", select!("")));
        let steps = query.build().fetch_all(&mut tables).await?;
        let steps = steps.iter().map(|step| step.try_get("detail"));
        Ok(steps.collect::<Result<Vec<String>, _>>()?.join("; "))
    }

    #[tokio::test]
    async fn every_page_begins_where_its_index_says() -> Result<(), sqlx::Error> {
        for (by, index, seek) in [
            (SortKey::Created, "created", "(created_at,id)"),
            (SortKey::Title, "title", "(title_key,id)"),
            (SortKey::Duration, "duration", "<expr>"),
            (SortKey::Size, "size", "(size,id)"),
        ] {
            for descending in [false, true] {
                let after = Cursor {
                    sort: String::new(),
                    key: match by {
                        SortKey::Title => Key::Text("take".to_owned()),
                        _ => Key::Number(1),
                    },
                    id: RecordingId::from_bytes([0; 16]),
                };
                let mut list = List {
                    whose: Whose::Owner(OwnerHash::of("ann")),
                    search: "a b".to_owned(),
                    sort: Sort { by, descending },
                    after: None,
                    limit: 200,
                };
                let first = format!("SEARCH recordings USING INDEX recordings_by_{index} (owner=?");
                assert_eq!(plan(&list).await?, format!("{first})"));
                list.after = Some(after);
                let direction = if descending { '<' } else { '>' };
                let next = plan(&list).await?;
                let start = format!("{first} AND {seek}{direction}");
                assert!(next.starts_with(&start) && !next.contains(';'), "{next}");
            }
        }
        Ok(())
    }
}
