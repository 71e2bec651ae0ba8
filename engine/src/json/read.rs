//! Reading JSON that may be older, newer or damaged.

/// Deeper texts are not ours.
const MAX_DEPTH: u32 = 16;

/// A JSON value. Public in a private module, because the trait between bounds and JSON is.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    List(Vec<Value>),
    Bool(bool),
    Number(f64),
    Text(String),
    Object(Vec<(String, Value)>),
}

impl Value {
    /// The member of that name, if this is an object that has one.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        match self {
            // As in JavaScript the last of several counts.
            Self::Object(members) => members
                .iter()
                .rev()
                .find(|(member, _)| member == name)
                .map(|(_, value)| value),
            _ => None,
        }
    }

    pub(crate) fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    pub(crate) fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The members of a list; of anything else none.
    pub(crate) fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }

    /// The text of that name, "" where there is none.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.get(name).and_then(Self::as_str).unwrap_or_default()
    }

    /// A whole number that is not negative.
    pub(crate) fn as_u32(&self) -> Option<u32> {
        let number = self.as_f64()?;
        let whole = number as u32;
        (f64::from(whole) == number).then_some(whole)
    }
}

/// The value of a whole text, or `None` where it is not JSON.
pub(crate) fn parse(text: &str) -> Option<Value> {
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(MAX_DEPTH)?;
    reader.skip_blanks();
    (reader.at == text.len()).then_some(value)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_blanks(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    /// Steps over a word, if it is next.
    fn eat(&mut self, word: &str) -> Option<()> {
        let rest = self.text.as_bytes().get(self.at..)?;
        rest.starts_with(word.as_bytes())
            .then(|| self.at += word.len())
    }

    fn value(&mut self, depth: u32) -> Option<Value> {
        self.skip_blanks();
        match self.peek()? {
            b'{' => self.object(depth.checked_sub(1)?),
            b'[' => self.list(depth.checked_sub(1)?),
            b'"' => self.string().map(Value::Text),
            b't' => self.eat("true").map(|()| Value::Bool(true)),
            b'f' => self.eat("false").map(|()| Value::Bool(false)),
            b'n' => self.eat("null").map(|()| Value::Null),
            _ => self.number().map(Value::Number),
        }
    }

    fn object(&mut self, depth: u32) -> Option<Value> {
        let mut members = Vec::new();
        self.eat("{")?;
        self.skip_blanks();
        if self.eat("}").is_some() {
            return Some(Value::Object(members));
        }
        loop {
            self.skip_blanks();
            let name = self.string()?;
            self.skip_blanks();
            self.eat(":")?;
            members.push((name, self.value(depth)?));
            self.skip_blanks();
            if self.eat("}").is_some() {
                return Some(Value::Object(members));
            }
            self.eat(",")?;
        }
    }

    fn list(&mut self, depth: u32) -> Option<Value> {
        let mut items = Vec::new();
        self.eat("[")?;
        self.skip_blanks();
        if self.eat("]").is_some() {
            return Some(Value::List(items));
        }
        loop {
            items.push(self.value(depth)?);
            self.skip_blanks();
            if self.eat("]").is_some() {
                return Some(Value::List(items));
            }
            self.eat(",")?;
        }
    }

    fn string(&mut self) -> Option<String> {
        self.eat("\"")?;
        let mut text = String::new();
        loop {
            let start = self.at;
            while !matches!(self.peek()?, b'"' | b'\\' | 0..=0x1f) {
                self.at += 1;
            }
            // Both ends stand beside ASCII, so they are between characters.
            text.push_str(self.text.get(start..self.at)?);
            let end = self.peek()?;
            self.at += 1;
            match end {
                b'"' => return Some(text),
                b'\\' => text.push(self.escape()?),
                _ => return None,
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        let letter = self.peek()?;
        self.at += 1;
        Some(match letter {
            b'"' | b'\\' | b'/' => char::from(letter),
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => return self.unicode(),
            _ => return None,
        })
    }

    /// The four digits after `\u`, twice where the first are half of a pair.
    fn unicode(&mut self) -> Option<char> {
        let high = self.four_digits()?;
        if !matches!(high, 0xd800..=0xdbff) {
            // Half a pair alone is what JavaScript writes for broken text.
            return Some(char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        let after = self.at;
        let low = self.eat("\\u").and_then(|()| self.four_digits());
        match low {
            Some(low @ 0xdc00..=0xdfff) => {
                char::from_u32(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00))
            }
            _ => {
                self.at = after;
                Some(char::REPLACEMENT_CHARACTER)
            }
        }
    }

    fn four_digits(&mut self) -> Option<u32> {
        let mut code = 0;
        for _ in 0..4 {
            code = code * 16 + char::from(self.peek()?).to_digit(16)?;
            self.at += 1;
        }
        Some(code)
    }

    /// A number, exact as far as the engine writes numbers: six decimals and sizes of pictures.
    fn number(&mut self) -> Option<f64> {
        let negative = self.eat("-").is_some();
        let (mut number, whole_digits) = self.digits(0.0);
        if whole_digits == 0 {
            return None;
        }
        let mut scale = 0;
        if self.eat(".").is_some() {
            let (all, decimals) = self.digits(number);
            if decimals == 0 {
                return None;
            }
            number = all;
            scale = -decimals;
        }
        if self.eat("e").or_else(|| self.eat("E")).is_some() {
            let minus = self.eat("-").is_some();
            if !minus {
                let _ = self.eat("+");
            }
            let (exponent, digits) = self.digits(0.0);
            if digits == 0 {
                return None;
            }
            // Saturates; anything beyond a few hundred is infinite or zero in any case.
            let exponent = exponent as i32;
            let exponent = if minus {
                -exponent.min(1_000)
            } else {
                exponent.min(1_000)
            };
            scale += exponent;
        }
        let power = 10_f64.powi(scale.abs());
        number = if scale < 0 {
            number / power
        } else {
            number * power
        };
        number
            .is_finite()
            .then_some(if negative { -number } else { number })
    }

    /// Appends the coming digits to a number and says how many there were.
    fn digits(&mut self, mut number: f64) -> (f64, i32) {
        let mut count = 0;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            number = number * 10.0 + f64::from(digit - b'0');
            count += 1;
            self.at += 1;
        }
        (number, count)
    }
}
