/// Words of a command line or an options file, cut into uses of options.
///
/// `-p 1884`, `-p1884`, `--port 1884` and `--port=1884` are the same; flags can stand together, the last one may take an
/// argument from the next word: `-dvt topic`. The next word is always the argument, whatever it looks like: `-m -d`.
struct OptionWords {
    private let command: Command
    private let options: [CommandOption]
    private var words: ArraySlice<[UInt8]>
    /// Flags of the word under way that are not handed out yet, and what follows them.
    private var flags: ArraySlice<UInt8> = []

    /// The words of `command` behind its name.
    init(_ words: [[UInt8]], of command: Command) {
        self.command = command
        self.words = words[...]
        options = OptionTable.options(of: command)
    }

    /// The next use of an option; `nil` at the end.
    mutating func next() throws(UsageError) -> OptionUse? {
        if let flag = flags.popFirst() { return try nextFlag(flag) }
        guard let word = words.popFirst() else { return nil }
        let text = String(decoding: word, as: UTF8.self)
        if let option = option(text) { return try use(option) }
        if text.hasPrefix("--") {
            if let equals = word.firstIndex(of: UInt8(ascii: "=")) {
                return try joined(String(decoding: word[..<equals], as: UTF8.self), word[(equals + 1)...], text)
            }
            throw unknown(text)
        }
        let isLongName = options.contains { $0.long == "-" + text }
        guard word.count > 2, word[0] == UInt8(ascii: "-"), !isLongName, let first = short(word[1]) else {
            throw unknown(text)
        }
        if first.arguments.count == 1 { return OptionUse(option: first, arguments: [Array(word[2...])]) }
        guard first.arguments.isEmpty, isCluster(word[1...]) else { throw unknown(text) }
        flags = word[2...]
        return OptionUse(option: first, arguments: [])
    }

    /// Whether `bytes` are all flags, or the last one an option that takes what follows it.
    private func isCluster(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.dropLast().allSatisfy { short($0)?.arguments.isEmpty == true }
            && bytes.last.flatMap { short($0) }.map { $0.arguments.count < 2 } == true
    }

    private mutating func nextFlag(_ flag: UInt8) throws(UsageError) -> OptionUse {
        guard let option = short(flag) else { throw unknown("-" + String(Unicode.Scalar(flag))) }
        return try use(option)
    }

    /// An option that takes what follows it in the words.
    private mutating func use(_ option: CommandOption) throws(UsageError) -> OptionUse {
        var count = option.arguments.count
        if option.isProperty, words.count > 1 {
            let property = String(decoding: words[words.startIndex + 1], as: UTF8.self).lowercased()
            if property == PropertyName.userProperty.rawValue { count = 4 }
        }
        guard words.count >= count else { throw missing(option) }
        defer { words = words.dropFirst(count) }
        return OptionUse(option: option, arguments: Array(words.prefix(count)))
    }

    /// An option with its argument behind an equals sign.
    private func joined(_ name: String, _ value: ArraySlice<UInt8>, _ word: String) throws(UsageError) -> OptionUse {
        guard let option = option(name) else { throw unknown(name) }
        guard !option.arguments.isEmpty else {
            throw UsageError("Error: Unknown option '\(word.shortened)'.", "\(name) takes no argument.")
        }
        guard option.arguments.count == 1 else { throw missing(option) }
        return OptionUse(option: option, arguments: [Array(value)])
    }

    private func option(_ name: String) -> CommandOption? {
        options.first { $0.short == name || $0.long == name }
    }

    private func short(_ letter: UInt8) -> CommandOption? {
        letter < 0x80 ? option("-" + String(Unicode.Scalar(letter))) : nil
    }

    private func missing(_ option: CommandOption) -> UsageError {
        let names = option.arguments.map(\.name).joined(separator: " ")
        let more = option.isProperty ? ", with user-property KEY VALUE" : ""
        return UsageError("Error: \(option.missing)", "It is \(option.name) \(names)\(more).")
    }

    /// What is said of a word that is no option of this command.
    private func unknown(_ word: String) -> UsageError {
        let name = String(word.prefix { $0 != "=" })
        var advice = "Try '\(command.name) --help'."
        let elsewhere = OptionTable.all.first { $0.short == name || $0.long == name }
        if let elsewhere {
            let names = Command.allCases.filter { elsewhere.commands.contains($0) }.map(\.name)
            advice = "It is an option of \(names.joined(separator: " and "))."
        } else if !word.hasPrefix("-") {
            advice = command == .sub ? "A filter stands behind -t." : "A topic stands behind -t, a message behind -m."
        } else if word.count > 3 {
            let wanted = name.drop { $0 == "-" }
            let near = options.compactMap(\.long).filter { $0.dropFirst(2).hasPrefix(wanted) }
            if near.count == 1 { advice = "Is \(near[0]) meant?" }
        }
        return UsageError("Error: Unknown option '\(word.shortened)'.", advice)
    }
}
