/// A file with an option on each line.
package struct OptionFile: Sendable, Hashable {
    /// Its path, for errors.
    package let path: String
    /// All that is in it.
    package let bytes: [UInt8]

    /// The file at `path`, which holds `bytes`.
    package init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }

    /// Where to look for the file of options.
    package enum Place: Sendable, Hashable {
        /// The first of these that exists; there may be none.
        case usual([String])
        /// This one (`-o`); when it cannot be read, that is said, and the run goes on without it.
        case named(String)
    }

    /// Where the file of options is for `words`: where `-o` says, else in the folder for configurations, our own first.
    package static func place(
        for command: Command, words: [[UInt8]], environment: [String: String]
    ) throws(UsageError) -> Place {
        var found: String?
        var rest = OptionWords(words, of: command)
        // What else is wrong is said when the words are read.
        while let use = try? rest.next() {
            if case .prints = use.option.effect { break }
            guard case .namesFile = use.option.effect else { continue }
            guard found == nil else {
                throw UsageError("Error: Duplicate -o argument given.", "There can be one file of options.")
            }
            found = try use.text()
        }
        if let found { return .named(found) }
        let home = environment["HOME"].map { $0 + "/.config" }
        guard let folder = environment["XDG_CONFIG_HOME"] ?? home, !folder.isEmpty else { return .usual([]) }
        return .usual(["\(folder)/mqscope/\(command.rawValue)", "\(folder)/\(command.original)"])
    }

    /// Its options with the numbers of their lines, from 1. A line is an option, one space, and its argument, which goes on
    /// to the end of the line; leading spaces do not count, `#` in the first column begins a comment.
    func lines(for command: Command) -> [(number: Int, words: [[UInt8]])] {
        let space = UInt8(ascii: " ")
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return lines.enumerated().compactMap { index, line in
            guard line.first != UInt8(ascii: "#") else { return nil }
            let end = line.lastIndex { $0 != UInt8(ascii: "\r") }.map { $0 + 1 } ?? line.startIndex
            let text = line[..<end].drop { $0 == space }
            guard !text.isEmpty else { return nil }
            let name = text.prefix { $0 != space }
            let isProperty = [Array("-D".utf8), Array("--property".utf8)].contains(Array(name))
            let splits = isProperty ? Self.propertySplits(text) : 1
            var words = text.split(separator: space, maxSplits: splits, omittingEmptySubsequences: false).map(
                Array.init)
            if words.last == [] { words.removeLast() }
            return (index + 1, words)
        }
    }

    /// How many spaces part the words of `-D`, whose last value may hold more of them.
    private static func propertySplits(_ line: ArraySlice<UInt8>) -> Int {
        let words = line.split(separator: UInt8(ascii: " "), maxSplits: 3, omittingEmptySubsequences: false)
        guard words.count > 2 else { return 3 }
        return String(decoding: words[2], as: UTF8.self).lowercased() == PropertyName.userProperty.rawValue ? 4 : 3
    }
}
