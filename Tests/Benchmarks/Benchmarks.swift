import ArgumentParser
import Foundation

/// What mqscope costs, beside mosquitto's own programs in the same run.
///
/// Absolute times drift with the machine; ratios and instruction counts hardly do, so those are what the bars are for.
///
/// * Every case is a process of its own. Its processor time is user and system time of the whole process as `wait4` tells
///   it, start and end included, divided by the number of messages, which is large enough for those not to matter.
/// * The broker is a firehose on 127.0.0.1 in this process: it pours prepared packets (10,000 topics of four levels and
///   about 26 bytes, JSON of 40 to 120 bytes, QoS 0), or acknowledges what is published. mosquitto_sub and mosquitto_pub
///   speak 3.1.1 as they do by default, ours speaks 5.0.
/// * All cases are run once per round, one after the other. A figure is the median of the rounds, a ratio the median of the
///   ratios to the peer in the same round.
/// * Instructions are the user instructions that callgrind (valgrind) counts: the difference between a long and a short
///   run, once, as they are nearly the same every time.
@main
struct Benchmarks: ParsableCommand {
    /// Name and help.
    static let configuration = CommandConfiguration(
        commandName: "benchmarks", abstract: "Measures what mqscope costs, beside mosquitto_sub and mosquitto_pub.",
        discussion: "The exit code is 1 when a figure is above what it must not pass.",
        subcommands: [Measuring.self, Subject.self, LatencyCommand.self, ChainCommand.self],
        defaultSubcommand: Measuring.self)
}

/// The benchmarks themselves.
struct Measuring: ParsableCommand {
    /// Name and help.
    static let configuration = CommandConfiguration(commandName: "measure", shouldDisplay: false)

    /// Part of the names of what is run.
    @Option(help: "Run only the cases whose name holds this, and what they are compared with.")
    var only: String?

    /// Where the findings go as JSON.
    @Option(help: ArgumentHelp("Write the findings to this file.", valueName: "file"))
    var json: String?

    /// How often everything is run.
    @Option(help: "How often every case is run.")
    var rounds = 5

    /// Refuses what cannot be measured.
    func validate() throws {
        guard rounds > 0 else { throw ValidationError("--rounds must be at least 1.") }
        guard !Case.selected(only).isEmpty else {
            throw ValidationError("No such case. There are: \(Case.all.map(\.name).joined(separator: ", "))")
        }
    }

    /// Runs the cases and prints what was found.
    func run() throws {
        #if DEBUG
            throw Trouble("A debug build says nothing: swift run -c release benchmarks")
        #else
            var cases = Case.selected(only)
            if !Child.countsInstructions {
                print("valgrind is not installed: no instructions are counted")
                cases.removeAll { if case .instructions = $0.measure { true } else { false } }
            }
            var figures: [String: [Double]] = [:]
            for round in 1...rounds {
                for subject in cases {
                    if case .instructions = subject.measure, round > 1 { continue }
                    FileHandle.standardError.write(Data("round \(round) of \(rounds): \(subject.name)\n".utf8))
                    figures[subject.name, default: []].append(try subject.run())
                }
            }
            let findings = cases.map { subject in
                Finding(subject, figures: figures[subject.name] ?? [], peers: subject.peer.flatMap { figures[$0] })
            }
            print(Finding.title)
            for finding in findings { print(finding.line) }
            if let json {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
                try encoder.encode(findings).write(to: URL(fileURLWithPath: json))
            }
            if findings.contains(where: \.isMissed) { throw ExitCode.failure }
        #endif
    }
}
