//! When an event is over, its gates forget who was invited: the list and the pictures go, the scans,
//! which name nobody, stay until the home has them.

use gatehouse_api::{Problem, RosterHead};
use gatehouse_store::Lane;

use super::{HOUR, Outpost, damaged};

/// How long after the last session a gate keeps its list: late leavers go out, and the paper list
/// is typed in on the next day.
const GRACE: i64 = 48 * HOUR;
/// How long it keeps it where nothing but its own clock says that the event is over: a clock that
/// was set wrong must not empty a gate at an open door.
const UNHEARD_GRACE: i64 = 30 * 24 * HOUR;
/// For how long its own clock has to say so: one that was set wrong is noticed meanwhile, and while
/// the program runs it goes on evenly, whoever sets it.
const SURE: i64 = 12 * HOUR;
/// When its own clock said so first, UTC ms.
const LONG_OVER: &str = "long_over";
/// When the event ended whose list was dropped, UTC ms.
const OVER: &str = "over";
/// The newest edit of the home's that is known not to bring the event back.
const OVER_EDIT: &str = "over_edit";

/// When the last session ends, UTC ms; none for an event without any.
fn end_of(head: &RosterHead) -> Option<i64> {
    head.sessions.iter().map(|session| session.ends_at).max()
}

/// The refusal of a gate that has dropped its list.
pub(super) fn list_dropped() -> Problem {
    Problem::new(
        "list_dropped",
        "the event is over, and this gate has forgotten its guest list; nothing was decided. Its \
         scans are kept until the office has them",
    )
}

impl Outpost {
    /// When the event ended whose list this gate has forgotten, UTC ms; none while it has it.
    pub fn over_since(&self) -> Result<Option<i64>, Problem> {
        let kept = self.file.read(|view| view.kept(OVER))?;
        Ok(kept.and_then(|text| text.parse().ok()))
    }

    /// The newest edit whose list this gate needs not be given again.
    pub(super) fn known_edit(&self) -> Result<i64, Problem> {
        self.file.read(|view| {
            let over = view.kept(OVER_EDIT)?.and_then(|text| text.parse().ok());
            Ok(view.last_edit()?.max(over.unwrap_or(0)))
        })
    }

    /// Whether a list is worth having: that of an event that is over is not, unless it was prolonged
    /// since.
    pub(super) fn is_wanted(&self, head: &RosterHead) -> Result<bool, Problem> {
        let Some(over) = self.over_since()? else {
            return Ok(true);
        };
        if end_of(head).is_some_and(|end| end > over) {
            self.file.append(Lane::Edit, |change| {
                Ok::<_, Problem>(change.keep(OVER, "")?)
            })?;
            return Ok(true);
        }
        let edit = head.as_of.to_string();
        self.file.append(Lane::Edit, move |change| {
            Ok::<_, Problem>(change.keep(OVER_EDIT, &edit)?)
        })?;
        Ok(false)
    }

    /// Whether the home's clock (UTC ms) says that the event is not over whose list was dropped by
    /// this gate's own, which was wrong: the list is worth having again.
    pub(super) fn was_dropped_in_error(&self, home_time: Option<i64>) -> Result<bool, Problem> {
        let (Some(over), Some(time)) = (self.over_since()?, home_time) else {
            return Ok(false);
        };
        if time >= over.saturating_add(GRACE) {
            return Ok(false);
        }
        self.file.append(Lane::Edit, |change| {
            change.keep(OVER, "")?;
            change.keep(OVER_EDIT, "")?;
            Ok::<_, Problem>(())
        })?;
        Ok(true)
    }

    /// Forgets the list and the pictures where the event is over: by the home's clock, where it just
    /// said what it shows (UTC ms), or long over by this gate's own.
    pub(super) fn drop_when_over(&self, home_time: Option<i64>) -> Result<(), Problem> {
        let Some(head) = self.file.read(|view| view.carried_head())? else {
            return Ok(());
        };
        let head: RosterHead = serde_json::from_str(&head).map_err(damaged)?;
        let Some(end) = end_of(&head) else {
            return Ok(());
        };
        let over = match home_time {
            Some(time) => {
                self.note_long_over(None)?;
                time >= end.saturating_add(GRACE)
            }
            None => self.is_surely_over(end)?,
        };
        if !over {
            return Ok(());
        }
        self.file.append(Lane::Edit, move |change| {
            change.drop_carried_list()?;
            change.keep(OVER, &end.to_string())?;
            change.keep(OVER_EDIT, &head.as_of.to_string())?;
            Ok::<_, Problem>(())
        })?;
        self.erase();
        tracing::info!("the event is over: the guest list was forgotten");
        Ok(())
    }

    /// Whether this gate's own clock has said for a while that an event that ended at `end` (UTC ms)
    /// is long over.
    fn is_surely_over(&self, end: i64) -> Result<bool, Problem> {
        let now = self.surroundings.now();
        if now < end.saturating_add(UNHEARD_GRACE) {
            self.note_long_over(None)?;
            return Ok(false);
        }
        match self.long_over()? {
            Some(first) if first <= now => Ok(now >= first.saturating_add(SURE)),
            _ => {
                self.note_long_over(Some(now))?;
                Ok(false)
            }
        }
    }

    fn long_over(&self) -> Result<Option<i64>, Problem> {
        let kept = self.file.read(|view| view.kept(LONG_OVER))?;
        Ok(kept.and_then(|text| text.parse().ok()))
    }

    fn note_long_over(&self, first: Option<i64>) -> Result<(), Problem> {
        if self.long_over()? == first {
            return Ok(());
        }
        let first = first.map_or_else(String::new, |first| first.to_string());
        self.file.append(Lane::Edit, move |change| {
            Ok::<_, Problem>(change.keep(LONG_OVER, &first)?)
        })
    }
}
