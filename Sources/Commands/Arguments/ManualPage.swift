/// What `--manual` prints.
struct ManualPage {
    /// All of it.
    let text: String

    /// The manual page of `command`.
    init(_ command: Command, version: String) { text = "" }
}
