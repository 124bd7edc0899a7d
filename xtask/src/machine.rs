//! What has to be on a machine beside Rust, and whether it is there.

use std::path::{Path, PathBuf};

use crate::command::{find, program, read};

/// What a piece of the machine is needed for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Need {
    /// Without it nothing can be built.
    Build,
    /// Without it some tests can't be run.
    Test,
}

/// One thing that has to be there, and its name wherever it can be had.
pub(crate) struct Tool {
    /// What it is, and what wants it.
    pub(crate) what: &'static str,
    /// What it is needed for.
    pub(crate) need: Need,
    /// The package on Debian and Ubuntu.
    pub(crate) debian: &'static str,
    present: fn() -> bool,
    /// Whether it is enough on Debian too that it is there, wherever it came from.
    any_source: bool,
    fedora: &'static str,
    arch: &'static str,
    brew: &'static str,
    windows: &'static str,
}

/// Everything that is needed, on some system at least.
///
/// An empty name means that the system brings it along or does without.
pub(crate) const TOOLS: [Tool; 22] = [
    Tool {
        what: "a C and C++ compiler (SQLite, cryptography, the code reader)",
        need: Need::Build,
        debian: "build-essential",
        present: has_compiler,
        any_source: false,
        fedora: "gcc-c++ make",
        arch: "base-devel",
        brew: "xcode-select --install",
        windows: "winget install Microsoft.VisualStudio.2022.BuildTools \
                  (with \"Desktop development with C++\")",
    },
    Tool {
        what: "CMake (the code reader)",
        need: Need::Build,
        debian: "cmake",
        present: || find("cmake").is_some(),
        any_source: false,
        fedora: "cmake",
        arch: "cmake",
        brew: "brew install cmake",
        windows: "winget install Kitware.CMake",
    },
    Tool {
        what: "pkg-config",
        need: Need::Build,
        debian: "pkg-config",
        present: || find("pkg-config").is_some(),
        any_source: false,
        fedora: "pkgconf-pkg-config",
        arch: "pkgconf",
        brew: "",
        windows: "",
    },
    Tool {
        what: "libclang (the bindings of SQLite's session extension)",
        need: Need::Build,
        debian: "libclang-dev",
        present: has_libclang,
        any_source: false,
        fedora: "clang-devel",
        arch: "clang",
        brew: "brew install llvm",
        windows: "winget install LLVM.LLVM",
    },
    Tool {
        what: "WebKitGTK (the window of the desktop application)",
        need: Need::Build,
        debian: "libwebkit2gtk-4.1-dev",
        present: || has_library("webkit2gtk-4.1"),
        any_source: false,
        fedora: "webkit2gtk4.1-devel",
        arch: "webkit2gtk-4.1",
        brew: "",
        windows: "",
    },
    Tool {
        what: "Ayatana AppIndicator (the desktop application's place in the tray)",
        need: Need::Build,
        debian: "libayatana-appindicator3-dev",
        present: || has_library("ayatana-appindicator3-0.1"),
        any_source: false,
        fedora: "libayatana-appindicator-gtk3-devel",
        arch: "libayatana-appindicator",
        brew: "",
        windows: "",
    },
    Tool {
        what: "librsvg (the desktop application's icons)",
        need: Need::Build,
        debian: "librsvg2-dev",
        present: || has_library("librsvg-2.0"),
        any_source: false,
        fedora: "librsvg2-devel",
        arch: "librsvg",
        brew: "",
        windows: "",
    },
    Tool {
        what: "Python 3 with venv (independent readers in the tests)",
        need: Need::Test,
        debian: "python3-venv",
        present: || find("python3").or_else(|| find("python")).is_some(),
        any_source: false,
        fedora: "python3",
        arch: "python",
        brew: "brew install python",
        windows: "winget install Python.Python.3.12",
    },
    Tool {
        what: "pdftoppm and pdftotext (the tests look at printed pages)",
        need: Need::Test,
        debian: "poppler-utils",
        present: || find("pdftoppm").is_some(),
        any_source: false,
        fedora: "poppler-utils",
        arch: "poppler",
        brew: "brew install poppler",
        windows: "scoop install poppler",
    },
    Tool {
        what: "qpdf (the tests check the structure of printed files)",
        need: Need::Test,
        debian: "qpdf",
        present: || find("qpdf").is_some(),
        any_source: false,
        fedora: "qpdf",
        arch: "qpdf",
        brew: "brew install qpdf",
        windows: "scoop install qpdf",
    },
    Tool {
        what: "ip (the tests put each gate on a network of its own)",
        need: Need::Test,
        debian: "iproute2",
        present: || find("ip").is_some(),
        any_source: false,
        fedora: "iproute",
        arch: "iproute2",
        brew: "",
        windows: "",
    },
    Tool {
        what: "faketime (the tests give a gate a clock that is a year off)",
        need: Need::Test,
        debian: "faketime",
        present: || find("faketime").is_some(),
        any_source: false,
        fedora: "libfaketime",
        arch: "libfaketime",
        brew: "",
        windows: "",
    },
    Tool {
        what: "strace (the tests see that an admission is on disk before it is spoken)",
        need: Need::Test,
        debian: "strace",
        present: || find("strace").is_some(),
        any_source: false,
        fedora: "strace",
        arch: "strace",
        brew: "",
        windows: "",
    },
    Tool {
        what: "WebKitWebDriver (the tests press and read in the real window)",
        need: Need::Test,
        debian: "webkit2gtk-driver",
        present: || find("WebKitWebDriver").is_some(),
        any_source: false,
        fedora: "webkit2gtk-driver",
        arch: "webkit2gtk-4.1",
        brew: "",
        windows: "",
    },
    Tool {
        what: "Xvfb (a screen for the tests' windows)",
        need: Need::Test,
        debian: "xvfb",
        present: || find("Xvfb").is_some(),
        any_source: false,
        fedora: "xorg-x11-server-Xvfb",
        arch: "xorg-server-xvfb",
        brew: "",
        windows: "",
    },
    Tool {
        what: "xdotool (the tests press the keys of the menus)",
        need: Need::Test,
        debian: "xdotool",
        present: || find("xdotool").is_some(),
        any_source: false,
        fedora: "xdotool",
        arch: "xdotool",
        brew: "",
        windows: "",
    },
    Tool {
        what: "D-Bus (a bus of their own for the tests' windows)",
        need: Need::Test,
        debian: "dbus-x11",
        present: || find("dbus-daemon").is_some(),
        any_source: false,
        fedora: "dbus-daemon",
        arch: "dbus",
        brew: "",
        windows: "",
    },
    Tool {
        what: "AT-SPI (what the tests' windows tell to assistive technology)",
        need: Need::Test,
        debian: "at-spi2-core",
        present: || {
            has_library("atspi-2") || Path::new("/usr/libexec/at-spi-bus-launcher").exists()
        },
        any_source: false,
        fedora: "at-spi2-core",
        arch: "at-spi2-core",
        brew: "",
        windows: "",
    },
    Tool {
        what: "CUPS (the tests print to a printer of their own)",
        need: Need::Test,
        debian: "cups",
        present: || find("lp").is_some(),
        any_source: false,
        fedora: "cups",
        arch: "cups",
        brew: "",
        windows: "",
    },
    Tool {
        what: "Exim (the tests send mail through a real server, and it comes back)",
        need: Need::Test,
        debian: "exim4-daemon-light",
        present: || find("exim4").is_some() || Path::new("/usr/sbin/exim4").exists(),
        any_source: false,
        fedora: "exim",
        arch: "exim",
        brew: "",
        windows: "",
    },
    Tool {
        what: "Dovecot (the tests read a real mailbox)",
        need: Need::Test,
        debian: "dovecot-imapd",
        present: || find("dovecot").is_some() || Path::new("/usr/sbin/dovecot").exists(),
        any_source: false,
        fedora: "dovecot",
        arch: "dovecot",
        brew: "",
        windows: "",
    },
    Tool {
        what: "Chromium or Chrome (the tests use the office in a browser)",
        need: Need::Test,
        debian: "chromium",
        present: has_chromium,
        // Ubuntu has no such package, and its users and build machines have Chrome.
        any_source: true,
        fedora: "chromium",
        arch: "chromium",
        brew: "brew install --cask google-chrome",
        windows: "winget install Google.Chrome",
    },
];

/// The kind of system, as far as installing goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum System {
    /// Debian, Ubuntu and what descends from them: apt.
    Debian,
    /// Fedora and its family: dnf.
    Fedora,
    /// Arch and its family: pacman.
    Arch,
    /// Any other Linux or Unix.
    OtherUnix,
    /// macOS: Homebrew.
    MacOs,
    /// Windows: winget and scoop.
    Windows,
}

impl System {
    /// The system that this program runs on.
    pub(crate) fn here() -> Self {
        if cfg!(windows) {
            Self::Windows
        } else if cfg!(target_os = "macos") {
            Self::MacOs
        } else {
            let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
            Self::from_os_release(&release)
        }
    }

    /// The kind of Linux that the text of `/etc/os-release` speaks of.
    fn from_os_release(text: &str) -> Self {
        let names: Vec<&str> = text
            .lines()
            .filter_map(|line| {
                line.strip_prefix("ID=")
                    .or_else(|| line.strip_prefix("ID_LIKE="))
            })
            .flat_map(|value| value.trim_matches(['"', '\'']).split_whitespace())
            .collect();
        let any = |wanted: &[&str]| names.iter().any(|name| wanted.contains(name));
        if any(&["debian", "ubuntu"]) {
            Self::Debian
        } else if any(&["fedora", "rhel", "centos"]) {
            Self::Fedora
        } else if any(&["arch"]) {
            Self::Arch
        } else {
            Self::OtherUnix
        }
    }

    /// The line that installs the tool here; empty where it isn't needed.
    pub(crate) fn how_to_install(self, tool: &Tool) -> String {
        let (before, name) = match self {
            Self::Debian => ("apt-get install ", tool.debian),
            Self::Fedora => ("dnf install ", tool.fedora),
            Self::Arch => ("pacman -S ", tool.arch),
            Self::OtherUnix => ("on Debian it is called ", tool.debian),
            Self::MacOs => ("", tool.brew),
            Self::Windows => ("", tool.windows),
        };
        if name.is_empty() {
            String::new()
        } else {
            format!("{before}{name}")
        }
    }
}

/// The tools of the list that this machine lacks.
pub(crate) fn missing(system: System, needed: impl Fn(Need) -> bool) -> Vec<&'static Tool> {
    let wanted: Vec<&Tool> = TOOLS
        .iter()
        .filter(|tool| needed(tool.need) && !system.how_to_install(tool).is_empty())
        .collect();
    if system == System::Debian {
        let installed = installed_debian(&wanted);
        wanted
            .into_iter()
            .filter(|tool| !installed.iter().any(|name| name == tool.debian))
            .filter(|tool| !(tool.any_source && (tool.present)()))
            .collect()
    } else {
        wanted
            .into_iter()
            .filter(|tool| !(tool.present)())
            .collect()
    }
}

fn installed_debian(tools: &[&Tool]) -> Vec<String> {
    let mut query = program("dpkg-query");
    query.args(["-W", "-f=${db:Status-Abbrev} ${Package}\\n"]);
    query.args(tools.iter().map(|tool| tool.debian));
    query
        .stdin(std::process::Stdio::null())
        .stderr(std::process::Stdio::null());
    // It fails when it doesn't know one of the names, and lists the others still.
    let Ok(output) = query.output() else {
        return Vec::new();
    };
    parse_dpkg(&String::from_utf8_lossy(&output.stdout))
}

/// The names of the packages that are fully installed.
fn parse_dpkg(listing: &str) -> Vec<String> {
    listing
        .lines()
        .filter_map(|line| line.strip_prefix("ii "))
        .map(|name| name.trim().to_owned())
        .collect()
}

fn has_compiler() -> bool {
    if cfg!(windows) {
        // Rust's own linker search finds Visual Studio without the path; this
        // program could not have been linked without it.
        true
    } else if cfg!(target_os = "macos") {
        read(program("xcode-select").arg("-p")).is_some()
    } else {
        find("cc").is_some() && find("c++").is_some()
    }
}

fn has_library(name: &str) -> bool {
    read(program("pkg-config").args(["--exists", name])).is_some()
}

fn has_chromium() -> bool {
    let installed: &[&str] = if cfg!(windows) {
        &[
            r"C:\Program Files\Google\Chrome\Application\chrome.exe",
            r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
        ]
    } else if cfg!(target_os = "macos") {
        &[
            "/Applications/Google Chrome.app",
            "/Applications/Chromium.app",
        ]
    } else {
        &[]
    };
    ["chromium", "google-chrome", "chromium-browser"]
        .iter()
        .any(|name| find(name).is_some())
        || installed.iter().any(|path| Path::new(path).exists())
}

fn has_libclang() -> bool {
    if std::env::var_os("LIBCLANG_PATH").is_some_and(|path| Path::new(&path).exists()) {
        return true;
    }
    let mut folders: Vec<PathBuf> = if cfg!(windows) {
        vec![r"C:\Program Files\LLVM\bin".into()]
    } else if cfg!(target_os = "macos") {
        [
            "/Library/Developer/CommandLineTools/usr/lib",
            "/opt/homebrew/opt/llvm/lib",
            "/usr/local/opt/llvm/lib",
        ]
        .map(PathBuf::from)
        .into()
    } else {
        [
            "/usr/lib",
            "/usr/lib64",
            "/usr/local/lib",
            "/usr/lib/llvm/lib",
        ]
        .map(PathBuf::from)
        .into()
    };
    if let Some(folder) = read(program("llvm-config").arg("--libdir")) {
        folders.push(folder.trim().into());
    }
    if let Some(developer) =
        read(program("xcode-select").arg("-p")).filter(|_| cfg!(target_os = "macos"))
    {
        let developer = PathBuf::from(developer.trim());
        folders.push(developer.join("Toolchains/XcodeDefault.xctoolchain/usr/lib"));
    }
    folders.iter().any(|folder| holds_libclang(folder))
}

fn holds_libclang(folder: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return false;
    };
    entries.filter_map(Result::ok).any(|entry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        name.starts_with("libclang.") || name.starts_with("libclang-")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_systems_apart_by_os_release() {
        let cases = [
            ("ID=debian\n", System::Debian),
            (
                "NAME=\"Linux Mint\"\nID=linuxmint\nID_LIKE=\"ubuntu debian\"\n",
                System::Debian,
            ),
            ("ID=ubuntu\nID_LIKE=debian\n", System::Debian),
            (
                "ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n",
                System::Fedora,
            ),
            ("ID=fedora\n", System::Fedora),
            ("ID=manjaro\nID_LIKE=arch\n", System::Arch),
            ("ID=nixos\n", System::OtherUnix),
            ("BUILD_ID=debian\n", System::OtherUnix),
            ("", System::OtherUnix),
        ];
        for (text, system) in cases {
            assert_eq!(System::from_os_release(text), system, "{text}");
        }
    }

    #[test]
    fn counts_only_what_is_fully_installed() {
        let listing = "ii  cmake\nrc  qpdf\nun  strace\niU  pkg-config\nii  libclang-dev\n";
        assert_eq!(parse_dpkg(listing), ["cmake", "libclang-dev"]);
    }

    #[test]
    fn every_tool_has_a_name_where_it_is_needed() {
        for tool in &TOOLS {
            for system in [
                System::Debian,
                System::Fedora,
                System::Arch,
                System::OtherUnix,
            ] {
                assert!(
                    !system.how_to_install(tool).is_empty(),
                    "{} on {system:?}",
                    tool.what
                );
            }
        }
        let cmake = &TOOLS[1];
        assert_eq!(System::MacOs.how_to_install(cmake), "brew install cmake");
        assert_eq!(
            System::Debian.how_to_install(cmake),
            "apt-get install cmake"
        );
    }
}
