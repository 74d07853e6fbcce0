import Foundation
import TestSupport
import Testing

/// `mqscope clean` on a real mosquitto: what goes, what stays, and that it can come back.
@Suite("Clean")
struct CleanTests {
    /// Runs `mqscope clean` without a terminal; what it printed, and its exit code.
    private func clean(_ broker: Mosquitto, _ words: String...) throws -> (text: String, code: Int32) {
        try clean(broker, words)
    }

    private func clean(_ broker: Mosquitto, _ words: [String]) throws -> (text: String, code: Int32) {
        let address = ["-h", "127.0.0.1", "-p", "\(broker.port)"]
        let program = try Program(PseudoTerminal.builtProduct("mqscope"), ["clean"] + address + words)
        let code = try program.waitForExit(seconds: 60)
        return (program.text, code)
    }

    /// What the broker keeps, in mosquitto_sub's `format`, in the order of the text.
    private func kept(_ broker: Mosquitto, _ format: String = "%t %p") throws -> [String] {
        // A message that the broker keeps for last: the topic is the only one of its filter, which is subscribed to last.
        try keep(broker, "$end/here", "end", ["-q", "2"])
        let options = ["-V", "5", "-q", "2", "-t", "#", "-t", "$end/here", "-F", format]
        let subscriber = try Mosquittos.subscriber(broker, options)
        try subscriber.waitFor("$end/here")
        subscriber.stop()
        return subscriber.lines.filter { !$0.hasPrefix("$end/here") }.sorted()
    }

    private func keep(_ broker: Mosquitto, _ topic: String, _ payload: String, _ options: [String] = []) throws {
        try Mosquittos.publish(broker, topic, payload, ["-r"] + options)
    }

    @Test("It lists with sizes, and --dry-run removes nothing") func dry() throws {
        let broker = try Mosquitto()
        try keep(broker, "robots/ev3/led", "on")
        try keep(broker, "robots/tb3", "hello")
        try keep(broker, "other", "x")
        let (text, code) = try clean(broker, "robots/#", "--dry-run")
        #expect(code == 0)
        #expect(text.contains("         2  robots/ev3/led\n         5  robots/tb3\n"))
        #expect(text.contains("2 retained messages, 7 bytes.") && !text.contains("other"))
        #expect(try kept(broker) == ["other x", "robots/ev3/led on", "robots/tb3 hello"])
    }

    @Test("What is removed comes back from the undo file with QoS and properties") func roundTrip() throws {
        let broker = try Mosquitto()
        let undo = broker.directory + "/undo"
        let properties = [
            "-D", "publish", "content-type", "text/plain", "-D", "publish", "response-topic", "answer", "-D", "publish",
            "correlation-data", "é", "-D", "publish", "payload-format-indicator", "1", "-D", "publish",
            "message-expiry-interval", "4000", "-D", "publish", "user-property", "a", "1", "-D", "publish",
            "user-property", "a", "2",
        ]
        try keep(broker, "robots/all", "two\nlines", ["-q", "2"] + properties)
        try keep(broker, "robots/one", "1", ["-q", "1"])
        try keep(broker, "robots/é \u{202E}", "0")
        try keep(broker, "other", "x")
        let format = "%t %q %x %C %R %D %F %P"
        let before = try kept(broker, format)
        let removed = try clean(broker, "robots/#", "robots/one", "--yes", "--undo", undo)
        #expect(removed.code == 0)
        #expect(removed.text.contains("To put them back: mqscope clean --restore \(undo)"))
        #expect(removed.text.contains("Removed 3 messages."))
        #expect(try kept(broker) == ["other x"])
        let attributes = try FileManager.default.attributesOfItem(atPath: undo)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        let restored = try clean(broker, "--restore", undo)
        #expect(restored.code == 0 && restored.text.contains("3 messages of 3 are there."))
        #expect(try kept(broker, format) == before)
    }

    @Test("A newer message is not overwritten by an old one") func newer() throws {
        let broker = try Mosquitto()
        let undo = broker.directory + "/undo"
        try keep(broker, "a/1", "old")
        try keep(broker, "a/2", "old")
        #expect(try clean(broker, "a/#", "--yes", "--undo", undo).code == 0)
        try keep(broker, "a/1", "new")
        let (text, code) = try clean(broker, "--restore", undo)
        #expect(code == 1)
        #expect(text.contains("a/1: there is a newer message, which stays."))
        #expect(try kept(broker) == ["a/1 new", "a/2 old"])
    }

    @Test("What the broker does not let us remove is said, and ends with code 1", arguments: ["5", "311"])
    func denied(version: String) throws {
        let broker = try Mosquitto(["persistence false"])
        try keep(broker, "a/free", "1")
        try keep(broker, "a/firm", "2")
        let rules = broker.directory + "/rules"
        try "topic read #\ntopic write a/free\n".write(toFile: rules, atomically: true, encoding: .utf8)
        // The rules hold from here on; the messages stay, as the broker is not started again.
        let configuration = try String(contentsOfFile: broker.confFile, encoding: .utf8)
        try (configuration + "acl_file \(rules)\n").write(toFile: broker.confFile, atomically: true, encoding: .utf8)
        kill(broker.processIdentifier, SIGHUP)
        #expect(broker.hasLogged("Reloading config"))
        let (text, code) = try clean(broker, "a/#", "--yes", "--undo", broker.directory + "/undo", "-V", version)
        #expect(code == 1)
        #expect(text.contains("a/firm: ") && text.contains("Removed 1 message."))
        #expect(text.contains("1 message could not be removed."))
    }

    @Test("Nothing is removed without an undo file, a yes, or a terminal to ask on") func refusals() throws {
        let broker = try Mosquitto()
        try keep(broker, "a", "1")
        let (text, code) = try clean(broker, "a")
        #expect(code == 1 && text.contains("There is no terminal to ask on: give --yes or --dry-run."))
        let (why, failed) = try clean(broker, "a", "--yes", "--undo", broker.confFile)
        #expect(failed == 1 && why.contains("Nothing is removed: the undo file") && why.contains("File exists"))
        #expect(try clean(broker, "a", "--yes", "--undo", "/nowhere/undo").code == 1)
        for wrong in [["$SYS/#"], ["a/#/b"], ["$share/g/a"], [], ["a", "--restore", "x"], ["--restore", "/nowhere"]] {
            #expect(try clean(broker, ["--yes"] + wrong).code != 0, "\(wrong)")
        }
        #expect(try kept(broker) == ["a 1"])
    }

    @Test("Without a folder for the undo file nothing is removed, and it is said what to set") func homeless() throws {
        let broker = try Mosquitto()
        try keep(broker, "a", "1")
        let words = ["clean", "-h", "127.0.0.1", "-p", "\(broker.port)", "a", "--yes"]
        for environment in [["HOME": ""], ["HOME": "", "XDG_STATE_HOME": "state"]] {
            let ending = try CommandProgram.run(words, environment: environment)
            #expect(ending.code == 1)
            #expect(
                ending.errors.hasSuffix(
                    "Nothing is removed: there is no folder for the undo file. Set HOME, or give --undo FILE.\n"))
        }
        #expect(try kept(broker) == ["a 1"])
        let folder = try Folder()
        let ending = try CommandProgram.run(words, environment: ["HOME": "", "XDG_STATE_HOME": folder.path])
        #expect(ending.code == 0 && ending.errors.contains("clean --restore \(folder.path)/mqscope/clean-"))
    }

    @Test("An undo file that does not fit is named, goes again, and nothing is removed", arguments: [true, false])
    func full(isNamed: Bool) throws {
        let broker = try Mosquitto()
        try keep(broker, "a/1", "small")
        try keep(broker, "a/2", String(repeating: "x", count: 5_000))
        let folder = try Folder()
        let undo = folder.path + "/mqscope/" + (isNamed ? "undo" : "clean-")
        try FileManager.default.createDirectory(atPath: folder.path + "/mqscope", withIntermediateDirectories: true)
        let option = isNamed ? " --undo \(undo)" : ""
        let command = "ulimit -f 2; exec \"$0\" clean -h 127.0.0.1 -p \(broker.port) 'a/#' --yes\(option)"
        let ending = try CommandProgram(
            "/bin/sh", ["-c", command, PseudoTerminal.builtProduct("mqscope")],
            environment: ["XDG_STATE_HOME": folder.path]
        ).waitForExit()
        #expect(ending.code == 1)
        let line = ending.errors.split(separator: "\n").last ?? ""
        #expect(line.contains("Nothing is removed: the undo file \(undo)"))
        #expect(line.hasSuffix(" cannot be written: File too large."))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/mqscope").isEmpty)
        #expect(try kept(broker, "%t %l") == ["a/1 5", "a/2 5000"])
    }

    @Test("Messages that lose their properties over MQTT 3.1.1 are counted") func bare() throws {
        let broker = try Mosquitto()
        let undo = broker.directory + "/undo"
        let lines = [
            #"{"topic":"a/1","qos":0,"payload":"MQ==","properties":{"content-type":"text/plain"}}"#,
            #"{"topic":"a/2","qos":0,"payload":"Mg==","properties":{"user-properties":[["k","v"]]}}"#,
            #"{"topic":"a/3","qos":0,"payload":"Mw=="}"#,
        ]
        try lines.joined(separator: "\n").write(toFile: undo, atomically: true, encoding: .utf8)
        let (text, code) = try clean(broker, "--restore", undo, "-V", "311")
        #expect(code == 0 && text.contains("Of 2 messages the properties are lost: they need MQTT 5.0"))
        #expect(try kept(broker, "%t %p %C %P") == ["a/1 1  ", "a/2 2  ", "a/3 3  "])
        #expect(try CommandProgram.run(["clean", "--help"]).text.contains("-V 311"))
    }

    @Test("On a terminal it asks, and takes only yes", arguments: ["n<Enter>", "<Enter>", "y<Enter>"])
    func asking(answer: String) throws {
        let broker = try Mosquitto()
        try keep(broker, "a\u{202E}b", "1")
        let state = broker.directory + "/state"
        let terminal = try PseudoTerminal(
            run: PseudoTerminal.builtProduct("mqscope"), ["clean", "-h", "127.0.0.1", "-p", "\(broker.port)", "#"],
            environment: ["XDG_STATE_HOME": state])
        try terminal.waitFor("Remove it from 127.0.0.1:\(broker.port)? [y/N]")
        #expect(!String(decoding: terminal.received, as: UTF8.self).unicodeScalars.contains("\u{202E}"))
        terminal.type(answer)
        let isWanted = answer.hasPrefix("y")
        #expect(try terminal.waitForExit() == (isWanted ? 0 : 1))
        #expect(try kept(broker).isEmpty == isWanted)
        let files = (try? FileManager.default.contentsOfDirectory(atPath: state + "/mqscope")) ?? []
        #expect(files.count == (isWanted ? 1 : 0))
    }

    @Test("Ctrl-C at the question removes nothing, and says good-bye to the broker") func interrupted() throws {
        let broker = try Mosquitto()
        try keep(broker, "a", "1")
        let terminal = try PseudoTerminal(
            run: PseudoTerminal.builtProduct("mqscope"),
            ["clean", "-h", "127.0.0.1", "-p", "\(broker.port)", "-i", "cleaner", "#"])
        try terminal.waitFor("[y/N]")
        terminal.type("\u{3}")
        #expect(try terminal.waitForExit() == 130)
        #expect(broker.hasLogged("Client cleaner disconnected."))
        #expect(try kept(broker) == ["a 1"])
    }

    @Test("More than the broker's queue holds is listed, removed and put back, all of it") func many() throws {
        let broker = try Mosquitto()
        let file = broker.directory + "/many"
        let lines = (0..<1_500).map { #"{"topic":"many/\#($0)","qos":1,"payload":"eA=="}"# }
        try (lines.joined(separator: "\n") + "\n").write(toFile: file, atomically: true, encoding: .utf8)
        let restored = try clean(broker, "--restore", file)
        #expect(restored.code == 0 && restored.text.contains("1500 messages of 1500 are there."))
        let undo = broker.directory + "/undo"
        let removed = try clean(broker, "many/#", "--yes", "--undo", undo)
        #expect(removed.code == 0 && removed.text.contains("Removed 1500 messages."))
        let saved = try String(contentsOfFile: undo, encoding: .utf8).split(separator: "\n")
        #expect(Set(saved).count == 1_500 && saved.allSatisfy { $0.contains(#""qos":1"#) })
        #expect(try clean(broker, "#", "--dry-run").text.contains("No retained messages."))
    }

    @Test("Over a slow way a large message is waited for, and a newer one is not overwritten") func slow() throws {
        let broker = try Mosquitto()
        try keep(broker, "zz/1", String(repeating: "x", count: 60_000))
        try keep(broker, "zz/2", "small")
        // 20 kB/s towards us: longer than any rest means the end.
        let port = broker.port
        let slow = FakeBroker { client in
            guard let server = FakeBroker.Connection.connect(to: port) else { return }
            client.alongside {
                while let bytes = server.receive() {
                    for start in stride(from: 0, to: bytes.count, by: 2_000) {
                        client.send(Array(bytes[start..<min(start + 2_000, bytes.count)]))
                        usleep(100_000)
                    }
                }
                client.close()
            }
            while let bytes = client.receive() { server.send(bytes) }
            server.close()
        }
        let address = ["-h", "127.0.0.1", "-p", "\(slow.port)"]
        let listed = try CommandProgram.run(["clean", "zz/#", "--dry-run"] + address)
        #expect(listed.text.contains("zz/1") && listed.text.contains("zz/2"))
        let undo = broker.directory + "/old"
        try Data(#"{"topic":"zz/1","qos":0,"payload":"b2xk"}"#.utf8).write(to: URL(fileURLWithPath: undo))
        let restored = try CommandProgram.run(["clean", "--restore", undo] + address)
        #expect(restored.code == 1 && restored.errors.contains("there is a newer message, which stays"))
        #expect(try kept(broker, "%t %l") == ["zz/1 60000", "zz/2 5"])
    }

    @Test("A file that clean has not written is refused by its line") func badFile() throws {
        let broker = try Mosquitto()
        let file = broker.directory + "/bad"
        let good = #"{"topic":"a","qos":0,"payload":""}"#
        try "\(good)\n{\"topic\":\"a\"}\n".write(toFile: file, atomically: true, encoding: .utf8)
        let (text, code) = try clean(broker, "--restore", file)
        #expect(code != 0 && text.contains("Line 2 of \(file) is no message that mqscope clean has written."))
    }
}
