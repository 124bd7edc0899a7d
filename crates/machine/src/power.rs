//! What this machine runs on: the mains or a battery.

use std::path::Path;

use gatehouse_api::Power;

/// Where Linux tells of power supplies.
const SUPPLIES: &str = "/sys/class/power_supply";

/// What this machine runs on; none where the system does not tell, which only Linux does here.
#[must_use]
pub fn power() -> Option<Power> {
    if cfg!(target_os = "linux") {
        power_at(Path::new(SUPPLIES))
    } else {
        None
    }
}

/// What a folder in the shape of Linux's `/sys/class/power_supply` tells. Batteries of mice and
/// other devices are left out; with none of its own, and no mains to be seen, a machine runs on the
/// mains. None where there is no such folder.
#[must_use]
pub fn power_at(folder: &Path) -> Option<Power> {
    let mut supplies: Vec<Supply> = std::fs::read_dir(folder)
        .ok()?
        .flatten()
        .map(|entry| Supply::read(&entry.path()))
        .collect();
    supplies.retain(|supply| !supply.of_device);
    let batteries = || supplies.iter().filter(|supply| supply.kind == "Battery");
    let mains = supplies
        .iter()
        .filter(|supply| supply.kind == "Mains" || supply.kind.starts_with("USB"))
        .any(|supply| supply.online);
    // Some machines tell of no mains, only of what it does to the battery.
    let fed = batteries().any(|battery| battery.charging);
    // The fullest: a machine with two goes on while one lasts.
    let percent = batteries().filter_map(|battery| battery.percent).max();
    Some(Power {
        mains: mains || fed || batteries().next().is_none(),
        percent,
    })
}

struct Supply {
    kind: String,
    online: bool,
    charging: bool,
    percent: Option<u8>,
    of_device: bool,
}

impl Supply {
    fn read(folder: &Path) -> Self {
        let text = |name: &str| {
            std::fs::read_to_string(folder.join(name))
                .map(|text| text.trim().to_owned())
                .unwrap_or_default()
        };
        let status = text("status");
        Self {
            kind: text("type"),
            online: text("online") == "1",
            charging: matches!(status.as_str(), "Charging" | "Full" | "Not charging"),
            percent: text("capacity")
                .parse()
                .ok()
                .filter(|percent| *percent <= 100),
            of_device: text("scope") == "Device",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines of `supply/file=text`, as a folder.
    fn told(lines: &[&str]) -> Option<Power> {
        let folder = tempfile::tempdir().unwrap();
        for line in lines {
            let (path, text) = line.split_once('=').unwrap();
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, format!("{text}\n")).unwrap();
        }
        power_at(folder.path())
    }

    #[test]
    fn what_a_machine_runs_on_is_told_by_its_supplies() {
        let battery = ["BAT0/type=Battery", "BAT0/capacity=34"];
        let with = |more: &[&'static str]| [battery.as_slice(), more].concat();
        for (says, lines, mains, percent) in [
            ("a desktop machine", vec![], true, None),
            (
                "plugged in",
                with(&["BAT0/status=Charging", "AC/type=Mains", "AC/online=1"]),
                true,
                Some(34),
            ),
            (
                "unplugged",
                with(&["BAT0/status=Discharging", "AC/type=Mains", "AC/online=0"]),
                false,
                Some(34),
            ),
            (
                "plugged in by USB",
                with(&["BAT0/status=Discharging", "C/type=USB", "C/online=1"]),
                true,
                Some(34),
            ),
            (
                "no mains to be seen, full",
                with(&["BAT0/status=Full"]),
                true,
                Some(34),
            ),
            (
                "no mains to be seen, emptying",
                with(&["BAT0/status=Discharging"]),
                false,
                Some(34),
            ),
            ("nothing said", with(&[]), false, Some(34)),
            (
                "two batteries",
                with(&["BAT1/type=Battery", "BAT1/capacity=80"]),
                false,
                Some(80),
            ),
            (
                "a battery that does not tell",
                vec!["B/type=Battery", "B/capacity=much"],
                false,
                None,
            ),
            (
                "more than full",
                vec!["B/type=Battery", "B/capacity=140"],
                false,
                None,
            ),
            (
                "a mouse's battery alone",
                vec!["hid/type=Battery", "hid/capacity=5", "hid/scope=Device"],
                true,
                None,
            ),
        ] {
            assert_eq!(told(&lines), Some(Power { mains, percent }), "{says}");
        }
        assert_eq!(power_at(Path::new("/no/such/folder")), None);
    }
}
