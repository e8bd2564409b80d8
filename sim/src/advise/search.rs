//! Which candidate is the smallest that will do?

/// The smallest of `count` candidates that will do, if a larger one never does worse. It asks about
/// `ceil(log2(count + 1))` of them.
///
/// # Errors
/// That of the first question that could not be answered.
pub(super) fn smallest<E>(
    count: usize,
    mut will_do: impl FnMut(usize) -> Result<bool, E>,
) -> Result<Option<usize>, E> {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low + (high - low) / 2;
        if will_do(middle)? {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Ok(Some(high).filter(|&found| found < count))
}

/// At most `count` of `places`, spread evenly, in order.
pub(super) fn spread(places: &[usize], count: usize) -> Vec<usize> {
    let wanted = places.len().min(count);
    (0..wanted)
        .map(|each| places[each * places.len() / wanted])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{smallest, spread};
    use std::convert::Infallible;

    #[test]
    fn every_threshold_is_found_with_as_few_questions_as_there_can_be() {
        for count in 0_usize..70 {
            let most = usize::BITS - count.leading_zeros();
            for threshold in 0..=count {
                let mut asked = 0;
                let found = smallest(count, |place| {
                    asked += 1;
                    Ok::<_, Infallible>(place >= threshold)
                });
                let expected = Some(threshold).filter(|&threshold| threshold < count);
                assert_eq!(found, Ok(expected));
                assert!(asked <= most, "{asked} of {count}");
            }
        }
    }

    #[test]
    fn a_question_without_an_answer_ends_it() {
        assert_eq!(smallest(9, Err), Err(4));
    }

    #[test]
    fn a_few_of_many_are_spread_over_all() {
        let places: Vec<usize> = (10..20).collect();
        assert_eq!(spread(&places, 4), [10, 12, 15, 17]);
        assert_eq!(spread(&places, 50), places);
        assert!(spread(&[], 4).is_empty());
    }
}
