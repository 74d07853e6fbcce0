/// A shell that can complete the arguments of `sub`, `pub` and `rr` by a script made from the table of options.
package enum CompletionScript: String, CaseIterable {
    /// GNU bash.
    case bash
    /// zsh.
    case zsh
    /// fish.
    case fish

    /// What mqscope can be asked for; without a word it is the dashboard.
    package static let words = ["sub", "pub", "rr", "clean", "doctor", "demo"]

    /// The script for this shell.
    package var script: String {
        switch self {
        case .bash: Self.bashScript
        case .zsh: Self.zshScript
        case .fish: Self.fishScript
        }
    }

    // MARK: bash

    private static var bashScript: String {
        var lines = [
            "# Completions of mqscope for bash: mqscope sub --completions bash > ~/.local/share/bash-completion/completions/mqscope",
            "_mqscope() {",
            "    local current=${COMP_WORDS[COMP_CWORD]} previous= before= options=",
            "    [ \"$COMP_CWORD\" -gt 1 ] && previous=${COMP_WORDS[COMP_CWORD - 1]}",
            "    [ \"$COMP_CWORD\" -gt 2 ] && before=${COMP_WORDS[COMP_CWORD - 2]}",
            "    COMPREPLY=()",
            "    if [ \"$COMP_CWORD\" -eq 1 ]; then",
            "        COMPREPLY=($(compgen -W '\(words.joined(separator: " "))' -- \"$current\"))",
            "        return",
            "    fi",
            "    case ${COMP_WORDS[1]} in",
        ]
        for command in Command.allCases { lines += bashCase(command) }
        lines += [
            "    *)",
            "        compopt -o default",
            "        return",
            "        ;;",
            "    esac",
            "    COMPREPLY=($(compgen -W \"$options\" -- \"$current\"))",
            "}",
            "complete -F _mqscope mqscope",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func bashCase(_ command: Command) -> [String] {
        let options = OptionTable.options(of: command)
        var lines = ["    \(command.rawValue))", "        case $previous in"]
        for option in options {
            guard let argument = option.arguments.first else { continue }
            lines.append("        \(option.names.joined(separator: "|")))")
            lines +=
                bashReply(argument.completion).map { "            " + $0 } + ["            return", "            ;;"]
        }
        lines += ["        esac", "        case $before in"]
        for option in options where option.arguments.count > 1 {
            lines.append("        \(option.names.joined(separator: "|")))")
            lines += bashReply(option.arguments[1].completion).map { "            " + $0 }
            lines += ["            return", "            ;;"]
        }
        let names = options.flatMap(\.names).joined(separator: " ")
        return lines + ["        esac", "        options='\(names)'", "        ;;"]
    }

    private static func bashReply(_ completion: CommandOption.Completion) -> [String] {
        switch completion {
        case .nothing: []
        case .file: ["compopt -o filenames", "COMPREPLY=($(compgen -f -- \"$current\"))"]
        case .folder: ["compopt -o filenames", "COMPREPLY=($(compgen -d -- \"$current\"))"]
        case .host: ["COMPREPLY=($(compgen -A hostname -- \"$current\"))"]
        case .words(let words): ["COMPREPLY=($(compgen -W '\(words.joined(separator: " "))' -- \"$current\"))"]
        }
    }

    // MARK: zsh

    private static var zshScript: String {
        var lines = [
            "#compdef mqscope",
            "# Completions of mqscope for zsh: put it as _mqscope into a folder of $fpath.",
            "_mqscope() {",
            "    if (( CURRENT == 2 )); then",
            "        _values 'command' \(words.joined(separator: " "))",
            "        return",
            "    fi",
            "    local command=$words[2]",
            "    shift words",
            "    (( CURRENT-- ))",
            "    case $command in",
        ]
        for command in Command.allCases {
            lines.append("    \(command.rawValue))")
            lines.append("        _arguments \\")
            lines += OptionTable.options(of: command).flatMap(zshSpecifications).map { "            \($0) \\" }
            lines += ["            && return", "        ;;"]
        }
        lines += ["    *) _default ;;", "    esac", "}", "_mqscope \"$@\""]
        return lines.joined(separator: "\n") + "\n"
    }

    /// `'*-h[help]:HOST:_hosts'` for each name: an option may always stand again.
    private static func zshSpecifications(_ option: CommandOption) -> [String] {
        option.names.map { name in
            var text = "*\(name)[\(zshEscaped(option.help))]"
            for argument in option.arguments {
                let action =
                    switch argument.completion {
                    case .nothing: " "
                    case .file: "_files"
                    case .folder: "_files -/"
                    case .host: "_hosts"
                    case .words(let words): "(\(words.joined(separator: " ")))"
                    }
                text += ":\(zshEscaped(argument.name)):\(action)"
            }
            return quoted(text)
        }
    }

    private static func zshEscaped(_ text: String) -> String {
        text.reduce(into: "") { $0 += ["[", "]", ":", "\\"].contains($1) ? "\\\($1)" : String($1) }
    }

    // MARK: fish

    private static var fishScript: String {
        var lines = [
            "# Completions of mqscope for fish: mqscope sub --completions fish > ~/.config/fish/completions/mqscope.fish",
            "complete -c mqscope -n __fish_use_subcommand -f -a \(quoted(words.joined(separator: " ")))",
        ]
        for command in Command.allCases {
            for option in OptionTable.options(of: command) {
                var words = ["complete -c mqscope -n '__fish_seen_subcommand_from \(command.rawValue)'"]
                if let short = option.short { words.append("-s \(short.dropFirst())") }
                if let long = option.long { words.append("-l \(long.dropFirst(2))") }
                words += fishArgument(option.arguments.first?.completion) + ["-d \(quoted(option.help))"]
                lines.append(words.joined(separator: " "))
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func fishArgument(_ completion: CommandOption.Completion?) -> [String] {
        switch completion {
        case nil: ["-f"]
        case .nothing: ["-x"]
        case .file: ["-r -F"]
        case .folder: ["-x -a '(__fish_complete_directories)'"]
        case .host: ["-x -a '(__fish_print_hostnames)'"]
        case .words(let words): ["-x -a \(quoted(words.joined(separator: " ")))"]
        }
    }

    /// `text` in single quotes, as all three shells read them.
    private static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
