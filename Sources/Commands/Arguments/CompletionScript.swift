/// What `--completions` prints.
enum CompletionScript: String {
    case bash, zsh, fish
    var script: String { "" }
}
