import ArgumentParser
import CLinux
import Foundation

/// Lines through `pub -l -q 1`, a mosquitto and `sub -q 1`: all of them have to arrive, each once and in order.
struct ChainCommand: ParsableCommand {
    /// Name and help.
    static let configuration = CommandConfiguration(
        commandName: "chain", abstract: "Sends lines through pub -l -q 1, mosquitto and sub -q 1, and compares them.")

    /// How many lines.
    @Option(help: "How many lines.") var lines = 1_000_000

    /// Sends them, and says how long it took.
    func run() throws {
        let folder = NSTemporaryDirectory() + "/mqscope-chain-\(getpid())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        // One command of the shell, as a user would write it; the port is of the range that nobody is given by chance.
        let script = #"""
            set -eu; cd "$1"; count=$2; mqscope=$3; port=$((20000 + $$ % 10000))
            printf 'listener %s 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n' "$port" >conf
            [ "$(id -u)" != 0 ] || echo 'user root' >>conf
            PATH=$PATH:/usr/sbin mosquitto -c conf 2>log & broker=$!
            trap 'kill $broker' EXIT
            seq "$count" | sed 's/$/ of the lines that go through/' >sent
            # The broker keeps what comes for the subscriber, whichever is there first.
            subscriber="$mqscope sub -h 127.0.0.1 -p $port -t chain -q 1 -c -i end"
            until $subscriber -E 2>/dev/null; do sleep 0.1; done
            $subscriber -C "$count" >received & sub=$!
            "$mqscope" pub -h 127.0.0.1 -p "$port" -t chain -q 1 -l <sent
            wait $sub
            cmp sent received
            """#
        let start = clinux_now()
        _ = try Child(["/bin/sh", "-c", script, "sh", folder, "\(lines)", try Child.mqscope()])
        let seconds = Double(clinux_now() - start) / 1e9
        print("\(lines) lines arrived, each once and in order, within \(String(format: "%.1f", seconds)) s")
    }
}
