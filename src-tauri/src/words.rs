//! The shell's own words, in the language of the person's system.

/// Everything that the shell says outside of its pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Words {
    pub(crate) file: &'static str,
    pub(crate) new_gate: &'static str,
    pub(crate) start_with_system: &'static str,
    pub(crate) close_window: &'static str,
    pub(crate) quit: &'static str,
    pub(crate) edit: &'static str,
    pub(crate) undo: &'static str,
    pub(crate) redo: &'static str,
    pub(crate) cut: &'static str,
    pub(crate) copy: &'static str,
    pub(crate) paste: &'static str,
    pub(crate) select_all: &'static str,
    pub(crate) view: &'static str,
    pub(crate) reload: &'static str,
    pub(crate) zoom_in: &'static str,
    pub(crate) zoom_out: &'static str,
    pub(crate) actual_size: &'static str,
    pub(crate) full_screen: &'static str,
    pub(crate) developer_tools: &'static str,
    pub(crate) window: &'static str,
    pub(crate) office: &'static str,
    pub(crate) gate: &'static str,
    pub(crate) minimize: &'static str,
    pub(crate) help: &'static str,
    pub(crate) check_for_updates: &'static str,
    pub(crate) show_log: &'static str,
    pub(crate) about: &'static str,
    pub(crate) open: &'static str,
    pub(crate) cannot_open: &'static str,
    pub(crate) up_to_date: &'static str,
    pub(crate) update_ready: &'static str,
    pub(crate) update_failed: &'static str,
    pub(crate) install: &'static str,
    pub(crate) later: &'static str,
}

impl Words {
    /// In the system's language, or in English.
    pub(crate) fn of_this_system() -> &'static Self {
        Self::of(&sys_locale::get_locale().unwrap_or_default())
    }

    /// In the language of a tag such as `fr-CH`.
    fn of(tag: &str) -> &'static Self {
        match tag.split(['-', '_', '.']).next() {
            Some("es") => &SPANISH,
            Some("fr") => &FRENCH,
            _ => &ENGLISH,
        }
    }
}

const ENGLISH: Words = Words {
    file: "File",
    new_gate: "New gate window",
    start_with_system: "Start with this computer",
    close_window: "Close window",
    quit: "Quit Gatehouse",
    edit: "Edit",
    undo: "Undo",
    redo: "Redo",
    cut: "Cut",
    copy: "Copy",
    paste: "Paste",
    select_all: "Select all",
    view: "View",
    reload: "Reload",
    zoom_in: "Larger",
    zoom_out: "Smaller",
    actual_size: "Actual size",
    full_screen: "Full screen",
    developer_tools: "Developer tools",
    window: "Window",
    office: "Office",
    gate: "Gate",
    minimize: "Minimize",
    help: "Help",
    check_for_updates: "Check for updates…",
    show_log: "Show the log",
    about: "About Gatehouse",
    open: "Open Gatehouse",
    cannot_open: "Gatehouse can’t open its data",
    up_to_date: "This is the newest version.",
    update_ready: "A newer version is ready to be installed. Gatehouse starts again by itself.",
    update_failed: "The newest version could not be fetched. Nothing was changed.",
    install: "Install",
    later: "Later",
};

const SPANISH: Words = Words {
    file: "Archivo",
    new_gate: "Nueva ventana de acceso",
    start_with_system: "Iniciar con este equipo",
    close_window: "Cerrar ventana",
    quit: "Salir de Gatehouse",
    edit: "Edición",
    undo: "Deshacer",
    redo: "Rehacer",
    cut: "Cortar",
    copy: "Copiar",
    paste: "Pegar",
    select_all: "Seleccionar todo",
    view: "Ver",
    reload: "Volver a cargar",
    zoom_in: "Más grande",
    zoom_out: "Más pequeño",
    actual_size: "Tamaño real",
    full_screen: "Pantalla completa",
    developer_tools: "Herramientas de desarrollo",
    window: "Ventana",
    office: "Oficina",
    gate: "Acceso",
    minimize: "Minimizar",
    help: "Ayuda",
    check_for_updates: "Buscar actualizaciones…",
    show_log: "Mostrar el registro",
    about: "Acerca de Gatehouse",
    open: "Abrir Gatehouse",
    cannot_open: "Gatehouse no puede abrir sus datos",
    up_to_date: "Esta es la versión más reciente.",
    update_ready: "Hay una versión más reciente lista para instalar. Gatehouse se reinicia solo.",
    update_failed: "No se pudo obtener la versión más reciente. No se ha cambiado nada.",
    install: "Instalar",
    later: "Más tarde",
};

const FRENCH: Words = Words {
    file: "Fichier",
    new_gate: "Nouvelle fenêtre d’entrée",
    start_with_system: "Démarrer avec cet ordinateur",
    close_window: "Fermer la fenêtre",
    quit: "Quitter Gatehouse",
    edit: "Édition",
    undo: "Annuler",
    redo: "Rétablir",
    cut: "Couper",
    copy: "Copier",
    paste: "Coller",
    select_all: "Tout sélectionner",
    view: "Affichage",
    reload: "Recharger",
    zoom_in: "Agrandir",
    zoom_out: "Réduire",
    actual_size: "Taille réelle",
    full_screen: "Plein écran",
    developer_tools: "Outils de développement",
    window: "Fenêtre",
    office: "Bureau",
    gate: "Entrée",
    minimize: "Placer dans la barre des tâches",
    help: "Aide",
    check_for_updates: "Rechercher des mises à jour…",
    show_log: "Afficher le journal",
    about: "À propos de Gatehouse",
    open: "Ouvrir Gatehouse",
    cannot_open: "Gatehouse ne peut pas ouvrir ses données",
    up_to_date: "Cette version est la plus récente.",
    update_ready: "Une version plus récente est prête. Gatehouse redémarre de lui-même.",
    update_failed: "La dernière version n’a pas pu être obtenue. Rien n’a été modifié.",
    install: "Installer",
    later: "Plus tard",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speaks_the_systems_language_or_english() {
        for (tag, quit) in [
            ("en-GB", ENGLISH.quit),
            ("es_MX.UTF-8", SPANISH.quit),
            ("fr", FRENCH.quit),
            ("de-DE", ENGLISH.quit),
            ("C", ENGLISH.quit),
            ("", ENGLISH.quit),
        ] {
            assert_eq!(Words::of(tag).quit, quit, "{tag}");
        }
    }
}
