import Foundation
import TestSupport

/// The team's own configuration, as it stands beside their robots, on a free port.
enum TeamBroker {
    /// The team's users.
    static let users = [(name: "ev3", password: "formosa"), (name: "test", password: "formosa")]

    /// A running broker in the team's configuration; `more` are lines besides.
    static func start(_ more: [String] = []) throws -> Mosquitto {
        try Mosquitto(users: users) { port, directory in
            [
                "listener \(port) 127.0.0.1", "persistence true", "persistence_location \(directory)/",
                "persistence_file mosquitto.db", "log_dest syslog", "log_dest stdout", "log_dest topic",
                "log_type error", "log_type warning", "log_type notice", "log_type information",
                "connection_messages true", "log_timestamp true", "allow_anonymous true",
                "password_file \(directory)/passwords",
            ] + (getuid() == 0 ? ["user root"] : []) + more
        }
    }
}

extension PseudoTerminal {
    /// The built mqscope on a terminal of its own, on the broker at `port`.
    static func mqscope(
        port: Int, _ options: [String] = [], rows: Int = 43, columns: Int = 132, environment: [String: String] = [:]
    ) throws -> PseudoTerminal {
        try PseudoTerminal(
            run: builtProduct("mqscope"), ["-h", "127.0.0.1", "-p", "\(port)"] + options, environment: environment,
            rows: rows, columns: columns)
    }
}
