package import Foundation

/// A real mosquitto for one test.
package final class Mosquitto {
    private let process: ServerProcess

    /// Where it listens, on 127.0.0.1.
    package var port: Int { process.port }
    /// Its folder: configuration, passwords, log.
    package var directory: String { process.directory }
    /// The process; 0 while it is stopped.
    package var processIdentifier: pid_t { process.processIdentifier }
    /// Its configuration; read again by `restart`.
    package var confFile: String { directory + "/mosquitto.conf" }
    /// Where it logs to unless its configuration is all the test's own.
    package var logFile: String { directory + "/mosquitto.log" }
    /// What it has logged so far.
    package var log: String { (try? String(contentsOfFile: logFile, encoding: .utf8)) ?? "" }

    /// Waits at most 10 s until it has logged `text`; whether it has.
    package func hasLogged(_ text: String) -> Bool {
        let deadline = Date() + 10
        while Date() < deadline {
            if log.contains(text) { return true }
            usleep(2_000)
        }
        return false
    }

    /// Starts one with a plain listener and `lines` besides. With `users` anonymous clients are refused.
    package convenience init(_ lines: [String] = [], users: [(name: String, password: String)] = []) throws {
        try self.init(users: users) { port, directory in
            var configuration = ["listener \(port) 127.0.0.1", "log_dest file \(directory)/mosquitto.log"]
            if getuid() == 0 { configuration.append("user root") }
            if users.isEmpty {
                configuration.append("allow_anonymous true")
            } else {
                configuration += ["allow_anonymous false", "password_file \(directory)/passwords"]
            }
            return configuration + lines
        }
    }

    /// Starts one whose configuration is exactly what `configuration` says for a port and a folder, where the file
    /// `passwords` knows `users`.
    package init(
        users: [(name: String, password: String)] = [], configuration: (_ port: Int, _ directory: String) -> [String]
    ) throws {
        process = try ServerProcess("mosquitto")
        for (index, user) in users.enumerated() {
            let create = index == 0 ? ["-c"] : []
            let program = try ServerProcess.find("mosquitto_passwd")
            try ServerProcess.run(program, create + ["-b", directory + "/passwords", user.name, user.password])
        }
        let text = configuration(port, directory).joined(separator: "\n") + "\n"
        try text.write(toFile: confFile, atomically: true, encoding: .utf8)
        try start()
    }

    /// Starts it again after `stop`, on the same port; returns when it listens.
    package func start() throws { try process.start(configuration: confFile) }

    /// Ends it as the system does (SIGTERM) and waits until it is gone. Does nothing when it is stopped.
    package func stop() { process.stop() }

    /// Ends it without giving it time for anything (SIGKILL) and waits until it is gone.
    package func crash() { process.crash() }

    /// Ends it and starts it again on the same port.
    package func restart() throws {
        stop()
        try start()
    }

    /// Stops the process without ending it: connections stay open and nothing answers.
    package func freeze() { process.freeze() }

    /// Lets it go on after `freeze`.
    package func thaw() { process.thaw() }

    /// A port of the loopback interface that nobody uses now.
    package static func freePort() throws -> Int { try ServerProcess.freePort() }

    /// The path of a program of mosquitto's, or a failure that says what to install.
    package static func find(_ program: String) throws -> String { try ServerProcess.find(program) }
}
