/// What `--help` prints.
struct HelpText {
    /// All of it.
    let text: String

    /// The help of `command`, on lines of at most `width` columns.
    init(_ command: Command, width: Int) { text = "" }
}
