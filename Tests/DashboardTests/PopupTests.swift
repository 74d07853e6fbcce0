import MQTT
import Screen
import Testing

@testable import Dashboard

/// Help, hints, prompts, small screens, and hostile text.
@Suite struct PopupTests {
    @Test func theHelpListsEveryActionOfTheTable() {
        var driver = Driver(rows: 90, columns: 100)
        driver.type("?")
        let screen = driver.screen()
        for entry in ActionTable.entries {
            #expect(screen.contains(String(entry.title.prefix(40))), "\(entry.action)")
            #expect(screen.contains(entry.keyNames), "\(entry.action)")
        }
        driver.type("x")
        #expect(driver.dashboard.popup == nil)
    }

    @Test func theHelpScrollsWhereItDoesNotFit() {
        var driver = Driver()
        driver.type("<F1>")
        #expect(!driver.screen().contains("In a question"))
        driver.type("<End>")
        #expect(driver.screen().contains("In a question"))
    }

    @Test func aCommandIsFoundByName() {
        var driver = Driver()
        driver.connect()
        driver.receive("a/b/c", "1")
        driver.type(":expand all")
        #expect(driver.screen().contains("Commands"))
        driver.type("<Enter>")
        #expect(driver.screen().contains("c "))
        #expect(driver.dashboard.popup == nil)
        #expect(driver.type(":quit<Enter>") == [.quit])
    }

    @Test func ctrlCAlwaysLeaves() {
        for keys in ["", "?", "/abc", "p", ":", "<Del>"] {
            var driver = Driver()
            driver.connect()
            driver.receive("a", "1")
            driver.type(keys)
            #expect(driver.type("<Ctrl-C>") == [.quit], "\(keys)")
            #expect(driver.type("<Ctrl-Z>") == [.suspend], "\(keys)")
            #expect(driver.type("<Ctrl-L>") == [.repaint], "\(keys)")
        }
    }

    @Test(arguments: [(9, 80), (24, 39), (1, 1), (5, 20)]) func aScreenTooSmallSaysWhatIsNeeded(rows: Int, columns: Int)
    {
        var driver = Driver(rows: rows, columns: columns)
        driver.connect()
        #expect(columns < 20 || driver.screen().contains("mqscope needs 40×10"))
        driver.resize(rows: 24, columns: 80)
        #expect(driver.screen().contains("Topics"))
    }

    @Test func everySizeCanBeDrawn() {
        var driver = Driver()
        driver.connect()
        for index in 0..<40 { driver.receive("robots/\(index)/x", #"{"a":\#(index)}"#) }
        for keys in ["1", "2", "4", "1p", "<Esc>?", "x:", "<Esc>/a", "<Esc><Del>"] {
            driver.type(keys)
            for rows in [1, 2, 9, 10, 11, 12, 14, 20, 24, 43] {
                for columns in [1, 39, 40, 41, 60, 80, 99, 100, 101, 132] {
                    driver.resize(rows: rows, columns: columns)
                    _ = driver.surface()
                    driver.wait(milliseconds: 1)
                }
            }
            driver.resize(rows: 24, columns: 80)
        }
        driver.lose(.nameUnknown)
        for rows in 10..<16 {
            driver.resize(rows: rows, columns: 80)
            _ = driver.surface()
        }
    }

    static let hostile = "a\u{1B}[2Jb\u{7}\u{9B}31mc\u{202E}d\u{200B}\u{FEFF}\r\n\u{85}e"

    @Test func hostileTextNeverReachesACellAsItIs() {
        var driver = Driver(rows: 43, columns: 132)
        driver.connect()
        driver.receive("evil/\(Self.hostile)", Self.hostile)
        driver.receive(
            "$SYS/broker/log/N", "1795521605: New client connected from 127.0.0.1:1 as \(Self.hostile) (p2, c1, k60).")
        driver.deliver(.subscription(.everything, .refused(.notAuthorized, reasonString: Self.hostile)))
        for keys in ["o<End>", "2", "4", "1<End>p", "<Esc><Del>", "n/\(Self.hostile.filter { $0 != "\r\n" })", "<Esc>"]
        {
            driver.type(keys)
            let surface = driver.surface()
            for row in 0..<43 {
                for scalar in surface.line(row).unicodeScalars {
                    #expect(
                        scalar.properties.generalCategory != .control && scalar.properties.generalCategory != .format)
                }
            }
        }
    }
}
