//! Which objects are copied: the shortest path over those that may be.
//!
//! Between two copies lies one written stretch, whose cost depends on its length alone; so the cheapest way to
//! a copied object is that to some earlier one, then everything between read. What follows a copied object
//! does not depend on how it was reached.

mod leg;

pub(super) use self::leg::{Candidate, Choice};
use self::leg::{Leg, Stretch, Stretches, candidates};
use super::{Source, Strategy, Terms, cost::Rates};
use crate::{
    Invalid,
    archive::{Extent, PartSize},
};

/// More ways than this are not kept open at once; beyond, the dearest are given up. They differ by less than one
/// part's price, so what is lost is a fraction of that.
const MAX_OPEN_WAYS: usize = 128;

/// Halvings of the span in which the price of a part lies that makes a plan just fit.
const HALVINGS: u32 = 6;

/// The cheapest way that ends with a copied object; or the beginning.
#[derive(Clone, Copy, Debug)]
struct Way {
    /// What all up to there costs.
    cost: f64,
    /// The copied object, and the number of the way up to where its leg begins.
    last: Option<(Choice, usize)>,
}

impl Way {
    fn choice(&self) -> Option<Choice> {
        self.last.map(|(choice, _)| choice)
    }
}

/// More ways to one copied object than this are not kept.
const MAX_WAYS: usize = 8;

/// The ways to one copied object. What follows depends on the tail alone: so none is kept that is dearer than another
/// whose tail is no longer.
#[derive(Default)]
struct Front {
    ways: Vec<Way>,
}

impl Front {
    fn add(&mut self, way: Way, part_size: PartSize, rates: &Rates) {
        let tail = |way: &Way| way.choice().map_or(0, |choice| choice.tail);
        let is_no_worse = |a: &Way, b: &Way| a.cost <= b.cost && tail(a) <= tail(b);
        if self.ways.iter().any(|known| is_no_worse(known, &way)) {
            return;
        }
        self.ways.retain(|known| !is_no_worse(&way, known));
        self.ways.push(way);
        if self.ways.len() <= MAX_WAYS {
            return;
        }
        // As if the tail were a part of a part.
        let whole = |way: &Way| {
            let tail = tail(way) as f64;
            let get = if tail > 0.0 { rates.get } else { 0.0 };
            way.cost + get + tail * (rates.byte + rates.put / part_size.bytes.max(1) as f64)
        };
        let numbered = self.ways.iter().map(whole).enumerate();
        let dearest = numbered.max_by(|(_, a), (_, b)| a.total_cmp(b));
        if let Some((number, _)) = dearest {
            self.ways.swap_remove(number);
        }
    }
}

/// The choice that reads the least, or `None` if the rules do not allow to copy the object after this stretch.
fn shortest_head(stretch: Stretch, candidate: Candidate, part_size: PartSize) -> Option<Choice> {
    let written = stretch.bytes.min.saturating_add(candidate.header);
    let head = part_size.min.saturating_sub(written);
    let rest = candidate.size.checked_sub(head)?;
    (rest >= part_size.min).then_some(Choice {
        candidate,
        head,
        tail: 0,
    })
}

/// The choices that may be the cheapest: without a tail, with some, and with the longest.
///
/// What is a little more than so many copies is one copy less if so much more is read: with the head, with the
/// tail, or as much with the head as does not make another part.
fn choices(
    stretch: Stretch,
    candidate: Candidate,
    part_size: PartSize,
    copy_bytes: u64,
) -> [Option<Choice>; 4] {
    let Some(shortest) = shortest_head(stretch, candidate, part_size) else {
        return [None; 4];
    };
    let head = shortest.head;
    let rest = candidate.size - head;
    let over = rest % copy_bytes;
    if over == 0 || over == rest {
        return [Some(shortest), None, None, None];
    }
    let with = |more_head| Choice {
        candidate,
        head: head + more_head,
        tail: over - more_head,
    };
    let written = stretch.bytes.max.saturating_add(candidate.header + head);
    let another_part = part_size.count(written).saturating_mul(part_size.bytes) + part_size.min;
    let room = (another_part - 1).saturating_sub(written);
    let some = with(room.min(over));
    let may_have = |choice: Choice| (candidate.may_have_tail && choice.tail > 0).then_some(choice);
    [
        Some(shortest),
        Some(with(over)),
        may_have(some),
        may_have(with(0)),
    ]
}

pub(super) struct Chooser<'t> {
    stretches: Stretches,
    candidates: Vec<Candidate>,
    /// The length of the central directory, at most.
    directory: u64,
    terms: &'t Terms,
}

impl<'t> Chooser<'t> {
    pub fn new(sources: &[Source], directory: Extent, terms: &'t Terms) -> Self {
        Self {
            stretches: Stretches::of(sources),
            candidates: candidates(sources, terms.rules.min_part),
            directory: directory.max,
            terms,
        }
    }

    /// The objects to copy, in order, and the length of parts with which the upload has few enough.
    pub fn choose(&self, strategy: Strategy) -> Result<(PartSize, Vec<Choice>), Invalid> {
        let min = self.terms.rules.min_part;
        let longest = self.terms.rules.max_part.saturating_sub(min);
        let mut bytes = self.terms.worker.part_bytes;
        loop {
            let part_size = PartSize { bytes, min };
            let choices = match strategy {
                Strategy::Cheapest => self.cheapest_that_fits(part_size),
                Strategy::CopyAll => self.that_fits(part_size, self.copy_all(part_size)),
                Strategy::ReadAll => self.that_fits(part_size, Vec::new()),
            };
            if let Some(choices) = choices {
                return Ok((part_size, choices));
            }
            if bytes >= longest {
                return Err(Invalid::new(
                    "files",
                    format!(
                        "must make a zip of at most {} parts",
                        self.terms.rules.max_parts
                    ),
                ));
            }
            bytes = bytes.saturating_mul(2).min(longest);
        }
    }

    /// The cheapest choices with few enough parts: with parts made just so dear that there are.
    fn cheapest_that_fits(&self, part_size: PartSize) -> Option<Vec<Choice>> {
        let rates = Rates::of(self.terms);
        let with = |dollars| {
            let rates = rates.with_dearer_parts(dollars);
            self.that_fits(part_size, self.cheapest(part_size, &rates))
        };
        if let Some(choices) = with(0.0) {
            return Some(choices);
        }
        // A part can save no more than all bytes and requests cost.
        let all = self.stretch(None, usize::MAX);
        let most = all.cost(&rates) + all.through as f64 * rates.copied_byte;
        let mut cheap = 0.0;
        let mut dear = rates.put.max(most / 1e6);
        let mut choices = loop {
            match with(dear) {
                Some(choices) => break choices,
                None if dear > most => return None,
                None => (cheap, dear) = (dear, dear * 4.0),
            }
        };
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(cheap, dear);
            match with(middle) {
                Some(better) => (dear, choices) = (middle, better),
                None => cheap = middle,
            }
        }
        Some(choices)
    }

    fn that_fits(&self, part_size: PartSize, choices: Vec<Choice>) -> Option<Vec<Choice>> {
        let mut last: Option<Choice> = None;
        let mut parts = 0_u64;
        for choice in &choices {
            let leg = Leg {
                stretch: self.stretch(last, choice.candidate.entry),
                choice: *choice,
            };
            parts += leg.written_parts(part_size) + choice.copies(self.terms.worker.copy_bytes);
            last = Some(*choice);
        }
        let end = self.stretch(last, usize::MAX).bytes.max;
        parts += part_size.count(end.saturating_add(self.directory));
        (parts <= u64::from(self.terms.rules.max_parts)).then_some(choices)
    }

    /// As many objects as can be copied, from the first on.
    fn copy_all(&self, part_size: PartSize) -> Vec<Choice> {
        let mut choices: Vec<Choice> = Vec::new();
        for candidate in &self.candidates {
            let stretch = self.stretch(choices.last().copied(), candidate.entry);
            choices.extend(shortest_head(stretch, *candidate, part_size));
        }
        choices
    }

    /// The cheapest choices whatever the number of parts.
    fn cheapest(&self, part_size: PartSize, rates: &Rates) -> Vec<Choice> {
        let copy_bytes = self.terms.worker.copy_bytes;
        let mut ways = vec![Way {
            cost: 0.0,
            last: None,
        }];
        let mut open = vec![0_usize];
        for candidate in &self.candidates {
            let mut found = Front::default();
            for number in &open {
                let Some(way) = ways.get(*number) else {
                    continue;
                };
                let stretch = self.stretch(way.choice(), candidate.entry);
                let choices = choices(stretch, *candidate, part_size, copy_bytes);
                for choice in choices.into_iter().flatten() {
                    let leg = Leg { stretch, choice };
                    let cost = way.cost + leg.cost(part_size, copy_bytes, rates);
                    let last = Some((choice, *number));
                    found.add(Way { cost, last }, part_size, rates);
                }
            }
            let before = ways.len();
            ways.extend(found.ways);
            open.extend(before..ways.len());
            if ways.len() > before {
                self.give_up_dear_ways(&mut open, &ways, candidate.entry + 1, part_size, rates);
            }
        }
        let ends = open
            .iter()
            .filter_map(|number| ways.get(*number))
            .map(|way| (way, self.to_the_end(way, part_size, rates)));
        let cheapest = ends.min_by(|(_, a), (_, b)| a.total_cmp(b));
        let mut choices = Vec::new();
        let mut last = cheapest.and_then(|(way, _)| way.last);
        while let Some((choice, from)) = last {
            choices.push(choice);
            last = ways.get(from).and_then(|way| way.last);
        }
        choices.reverse();
        choices
    }

    /// What is read between a copied object (or the beginning) and an entry (or the end).
    fn stretch(&self, last: Option<Choice>, to: usize) -> Stretch {
        let (from, tail) = last.map_or((0, 0), |last| (last.candidate.entry + 1, last.tail));
        self.stretches.between(from, to).after_tail(tail)
    }

    /// The cost of a way, and of reading all that follows.
    fn to_the_end(&self, way: &Way, part_size: PartSize, rates: &Rates) -> f64 {
        let stretch = self.stretch(way.choice(), usize::MAX);
        let parts = part_size.count(stretch.bytes.max.saturating_add(self.directory));
        let is_single = way.last.is_none() && parts == 1;
        let around = if is_single { 0 } else { Rates::MULTIPART_PUTS };
        way.cost + stretch.cost(rates) + (parts + around) as f64 * rates.put
    }

    /// Gives up ways that cannot be the cheapest any more.
    ///
    /// Of two ways that have both written enough for a part, whatever follows costs both the same, but for the
    /// rounding of the last stretch to parts: so one that is dearer by a part can be given up.
    fn give_up_dear_ways(
        &self,
        open: &mut Vec<usize>,
        ways: &[Way],
        here: usize,
        part_size: PartSize,
        rates: &Rates,
    ) {
        // The cost as of here with parts not rounded, of a way that has written enough for a part.
        let cost_here = |number: &usize| {
            let way = ways.get(*number)?;
            let stretch = self.stretch(way.choice(), here);
            let parts = stretch.bytes.max as f64 / part_size.bytes.max(1) as f64;
            let cost = way.cost + stretch.cost(rates) + parts * rates.put;
            (stretch.bytes.min >= part_size.min).then_some(cost)
        };
        let costs = open.iter().filter_map(cost_here);
        let Some(cheapest) = costs.min_by(f64::total_cmp) else {
            return;
        };
        let mut margin = rates.put;
        loop {
            open.retain(|number| cost_here(number).is_none_or(|cost| cost <= cheapest + margin));
            if open.len() <= MAX_OPEN_WAYS || margin == 0.0 {
                return;
            }
            margin = if margin < rates.put / 1e6 {
                0.0
            } else {
                margin / 2.0
            };
        }
    }
}
