import ArgumentParser
import CLinux
import CursesTerminal
import Dashboard
import Glibc
import Logging
import MQTT
import MQTTClient
import Monitor
import Screen

/// Signals of the process, taken from a descriptor: blocked from the first use on, which has to be before the first thread
/// starts, so that all threads inherit it.
enum Signals {
    /// Readable when one came.
    static let descriptor = clinux_signals_open()

    /// Lets them end the program as usual again.
    static func release() {
        var none = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, nil)
    }
}

/// Puts client, dashboard and terminal together: the only place where they meet.
enum Launch {
    /// Runs the dashboard on this terminal until the user leaves; the exit code.
    static func dashboard(
        plan: ConnectionPlan, theme: Theme, historyBytes: Int, isReadOnly: Bool, log: DiagnosticLog,
        colors: ColorChoice,
        source: LogSource.Kind? = nil
    ) -> Int32 {
        let signals = Signals.descriptor
        var options = DashboardOptions(
            endpoint: plan.configuration.endpoint, userName: plan.configuration.userName, isReadOnly: isReadOnly,
            watchesSystem: plan.watchesSystem, qos: plan.qos, seed: clinux_random())
        options.limits.historyBytes = historyBytes
        let terminal: CursesTerminal
        do {
            var settings = CursesTerminal.Options()
            settings.colors = colors
            terminal = try CursesTerminal(theme: theme, options: settings)
        } catch {
            fail("\(error)")
            return 1
        }
        let notices = plan.notices + [terminal.notice].compactMap(\.self)
        options.notice = notices.isEmpty ? nil : notices.joined(separator: " ")
        for notice in notices { log.logger.notice("\(notice)") }
        let inbox = Inbox()
        let client = Client(
            configuration: plan.configuration, inbox: inbox, now: { Instant(nanoseconds: clinux_now()) })
        let descriptors = Descriptors(
            input: terminal.inputDescriptor, output: terminal.outputDescriptor, signals: signals)
        var loop = RunLoop(
            terminal: terminal, dashboard: Dashboard(options: options), client: client, inbox: inbox,
            descriptors: descriptors, logger: log.logger, source: source.map { LogSource($0) })
        return loop.run()
    }

    /// One line on stderr.
    static func fail(_ text: String) {
        let line = Array("mqscope: \(text)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
    }
}
