//! How tiles fill a space.

/// The shape that a tile should have, in a space that lies and in one that stands.
const SHAPES: [f64; 2] = [16.0 / 9.0, 0.9];

/// With how many columns `count` tiles are largest in a space of this width and height (in any
/// unit); at least 1.
#[must_use]
pub fn columns(count: u32, width: f64, height: f64) -> u32 {
    let shape = SHAPES[usize::from(height > width)];
    let size = |columns: u32| {
        let rows = f64::from(count.div_ceil(columns));
        (width / f64::from(columns)).min(height / rows * shape)
    };
    // Beside each other rather than above each other, where it makes little difference.
    let little = if height > width { 1.0 } else { 0.9 };
    let all = 1..=count.max(1);
    let largest = all.clone().map(size).fold(0.0, f64::max);
    let is_large = |columns: &u32| largest > 0.0 && size(*columns) >= largest * little;
    all.rev().find(is_large).unwrap_or(1)
}

/// A part of a picture, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Rect {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

/// Where `large` screens and `small` people are in one picture, screens first: people fill it, or
/// stand beside the screens.
#[must_use]
pub fn seats(large: u32, small: u32, width: f64, height: f64) -> Vec<Rect> {
    const GAP: f64 = 8.0;
    let beside = if large == 0 {
        width
    } else {
        (width / 5.0).round()
    };
    let mut seats = grid(large, GAP, width - beside, height);
    let people = grid(small, GAP, beside, height);
    seats.extend(people.into_iter().map(|seat| Rect {
        x: seat.x + width - beside,
        ..seat
    }));
    seats
}

fn grid(count: u32, gap: f64, width: f64, height: f64) -> Vec<Rect> {
    let columns = columns(count, width, height);
    let rows = count.div_ceil(columns).max(1);
    let w = (width - gap * f64::from(columns + 1)) / f64::from(columns);
    let h = (height - gap * f64::from(rows + 1)) / f64::from(rows);
    let seat = |at: u32| {
        let (row, column) = (at / columns, at % columns);
        // A row that is short stands in the middle.
        let in_row = (count - row * columns).min(columns);
        let left = (width - f64::from(in_row) * (w + gap) + gap) / 2.0;
        Rect {
            x: (left + f64::from(column) * (w + gap)).round(),
            y: (gap + f64::from(row) * (h + gap)).round(),
            width: w.floor(),
            height: h.floor(),
        }
    };
    (0..count).map(seat).collect()
}

#[cfg(test)]
mod tests {
    use super::{columns, seats};

    #[test]
    fn seats_are_inside_and_never_cover_each_other() {
        for large in 0..3 {
            for small in 1..=8 {
                let seats = seats(large, small, 1280.0, 720.0);
                assert_eq!(seats.len() as u32, large + small);
                for (at, one) in seats.iter().enumerate() {
                    assert!(one.x >= 0.0 && one.x + one.width <= 1280.0, "{one:?}");
                    assert!(one.y >= 0.0 && one.y + one.height <= 720.0, "{one:?}");
                    assert!(one.width > 40.0 && one.height > 40.0, "{one:?}");
                    for other in &seats[at + 1..] {
                        let apart = one.x + one.width <= other.x
                            || other.x + other.width <= one.x
                            || one.y + one.height <= other.y
                            || other.y + other.height <= one.y;
                        assert!(apart, "{one:?} {other:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn tiles_are_as_large_as_they_can_be() {
        for (count, width, height, expected) in [
            (0, 1600.0, 900.0, 1),
            (1, 1600.0, 900.0, 1),
            (2, 1600.0, 900.0, 2),
            (2, 1048.0, 613.0, 2),
            (3, 1600.0, 900.0, 2),
            (4, 1600.0, 900.0, 2),
            (6, 1600.0, 900.0, 3),
            (8, 1600.0, 900.0, 3),
            (2, 390.0, 700.0, 1),
            (3, 390.0, 700.0, 1),
            (4, 390.0, 700.0, 2),
            (5, 390.0, 700.0, 2),
            (8, 390.0, 700.0, 2),
            (3, 0.0, 0.0, 1),
        ] {
            assert_eq!(
                columns(count, width, height),
                expected,
                "{count} in {width}×{height}"
            );
        }
    }
}
