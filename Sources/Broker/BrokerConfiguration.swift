/// The configuration of a mosquitto, read with the question what it does for watching robots.
///
/// It is a value: whoever has read the files hands in their lines, and the password files they name. It reads lines as
/// mosquitto 2.0.11 does, and knows the options of 2.0 and 2.1.
package struct BrokerConfiguration: Sendable {
    /// The main file, as it was named.
    package let file: String
    /// The lines of all files in the order in which mosquitto reads them.
    package let lines: [ConfigurationLine]

    /// The configuration whose main file is `file`; lines of included files stand after the line that includes them.
    package init(file: String, lines: [ConfigurationLine]) {
        self.file = file
        self.lines = lines
    }

    /// The password files it names, each once.
    package var passwordFiles: [String] {
        var seen: Set<String> = []
        return lines.filter { $0.key == "password_file" && !$0.value.isEmpty }.map(\.value)
            .filter { seen.insert($0).inserted }
    }

    /// What is missing or dangerous for watching robots, the gravest first; empty when all is well. Of `namedFiles`, `absent`
    /// are not there.
    package func findings(passwordFiles: [PasswordFile], absent: Set<String> = []) -> [ConfigurationFinding] {
        let listeners = ConfiguredListeners(self)
        let kinds = [
            flaws, unknownOptions, badValues, duplicates, nestedIncludes,
            logDestinations, logTypes, logForm, webSocketLoop(listeners), system, limits,
            listeners.missing(in: self), listeners.strays(in: self), listeners.openDoors, listeners.closedDoors,
            listeners.webSocketAddresses, accessFiles, outdated, passwordFindings(passwordFiles), absentFiles(absent),
        ]
        return ConfigurationFinding.sorted(kinds.flatMap(ConfigurationFinding.capped))
    }

    /// The line that counts of an option where the last one does; `nil` when there is none.
    func last(_ key: String) -> ConfigurationLine? { lines.last { $0.key == key } }

    /// A finding about a line that is not there.
    func missing(_ what: String, add line: String) -> ConfigurationFinding {
        ConfigurationFinding(.missing, file: file, line: nil, what, todo: "Add: \(line)")
    }
}
