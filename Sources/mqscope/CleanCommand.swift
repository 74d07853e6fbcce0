import ArgumentParser
import CLinux
import Glibc
import MQTT
import MQTTClient
import Screen

/// `mqscope clean`: removes retained messages, and puts them back.
struct CleanCommand: ParsableCommand {
    /// Name, usage and help.
    static let configuration = CommandConfiguration(
        commandName: "clean",
        _superCommandName: "mqscope",
        abstract: "Removes the messages that a broker keeps (RETAIN), and can put them back.",
        usage: """
            mqscope clean [-h HOST] [-p PORT] [-u USER] FILTER... [--dry-run] [--yes]
            mqscope clean mqtt://USER@HOST:PORT FILTER... [OPTIONS]
            mqscope clean [-h HOST] [-p PORT] [-u USER] --restore FILE
            """,
        discussion: """
            Lists the retained messages of the filters with their sizes in bytes, asks, writes them to an undo file, and \
            removes them. What the broker keeps of itself ($SYS) stays. At last it looks whether they are gone.
            With --restore the messages of an undo file are published again, but not over newer ones. \
            With MQTT 3.1.1 (-V 311, or an old broker) properties of messages are not seen, so that the undo file has none.
            Exit codes: 0 all was done; 1 something could not be done, or was not wanted; 64 wrong options; 129, 130, 131, \
            143 ended by a signal: 128 and its number.
            """,
        helpNames: .long)

    /// Filters, and a URL of the broker.
    @Argument(
        help: ArgumentHelp(
            "The topics to clear, with + and #. A word with :// is the broker, as mqtt://[user[:password]@]host[:port].",
            valueName: "filter"))
    var words: [String] = []

    /// Whether nothing is removed.
    @Flag(name: .customLong("dry-run"), help: "List only.")
    var isDry = false

    /// Whether nothing is asked.
    @Flag(name: [.customShort("y"), .customLong("yes")], help: "Do not ask.")
    var isSure = false

    /// Where what is removed is written to.
    @Option(
        name: .customLong("undo"),
        help: ArgumentHelp(
            "Write what is removed to this new file. (default: one in ~/.local/state/mqscope)", valueName: "file"))
    var undoFile: String?

    /// What is put back.
    @Option(
        name: .customLong("restore"),
        help: ArgumentHelp("Put back what an earlier run has written to this file.", valueName: "file"))
    var restoreFile: String?

    /// Most memory for messages.
    @Option(
        name: .customLong("limit"),
        help: ArgumentHelp("Work on no more than so much at once, e.g. 1GiB.", valueName: "size"))
    var limit = "256MiB"

    /// Which broker, as whom.
    @OptionGroup(title: "Broker") var access: AccessOptions
    /// By what it is reached.
    @OptionGroup(title: "Connection") var transport: TransportOptions

    private var urls: [String] { words.filter { $0.firstRange(of: "://") != nil } }

    /// Checks that there is one thing to do.
    func validate() throws {
        let filters = words.filter { $0.firstRange(of: "://") == nil }
        if restoreFile != nil {
            guard filters.isEmpty, !isDry, undoFile == nil else {
                throw ValidationError("--restore takes all from its file: leave filters, --dry-run and --undo out.")
            }
        } else {
            guard !filters.isEmpty else { throw ValidationError("Give the topics to clear: mqscope clean 'robots/#'.") }
            _ = try self.filters()
        }
        guard undoFile != "", restoreFile != "" else { throw ValidationError("A file has a name.") }
        _ = try ByteCount(limit)
    }

    /// The filters, each once.
    private func filters() throws -> [TopicFilter] {
        var filters: [TopicFilter] = []
        for text in words where text.firstRange(of: "://") == nil {
            let filter: TopicFilter
            do {
                filter = try TopicFilter(text)
            } catch {
                throw ValidationError("'\(SafeText.of(text))' is no topic filter: \(error).")
            }
            guard !filter.isShared else {
                throw ValidationError(
                    "'\(SafeText.of(text))': a shared subscription gets no retained messages; leave $share/GROUP out.")
            }
            guard !text.hasPrefix("$SYS/") else {
                throw ValidationError("'\(SafeText.of(text))': what stands in $SYS is the broker's own, and stays.")
            }
            if !filters.contains(filter) { filters.append(filter) }
        }
        return filters
    }

    /// Runs it.
    func run() throws {
        var messages: [Message]?
        do throws(RetainedFailure) {
            if let restoreFile { messages = try UndoFile.read(restoreFile) }
        } catch {
            Launch.fail(SafeText.of(error.text))
            throw ExitCode(error.code)
        }
        var notices: [String] = []
        let configuration = try access.configuration(urls, transport, notices: &notices)
        let limit = try ByteCount(limit).bytes
        guard restoreFile != nil || isDry || isSure || isatty(STDIN_FILENO) == 1 else {
            Launch.fail("There is no terminal to ask on: give --yes or --dry-run.")
            throw ExitCode(1)
        }
        _ = Signals.descriptor
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)  // a limit of file sizes is an error like others
        for notice in notices { Launch.fail(notice) }
        let work = RetainedWork(configuration, limit: limit)
        defer { work.stop() }
        do throws(RetainedFailure) {
            if let messages { return try work.restore(messages) }
            let found = try work.list(try checkedFilters())
            guard !isDry, !found.isEmpty else { return }
            if !isSure { try work.ask(found.count) }
            try work.remove(found, filters: try checkedFilters(), undoFile: undoFile)
        } catch {
            if !error.text.isEmpty { Launch.fail(SafeText.of(error.text)) }
            work.stop()
            throw ExitCode(error.code)
        }
    }

    private func checkedFilters() throws(RetainedFailure) -> [TopicFilter] {
        do {
            return try filters()
        } catch {
            throw RetainedFailure(text: "\(error)")
        }
    }
}
