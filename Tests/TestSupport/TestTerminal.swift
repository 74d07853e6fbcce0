internal import CTestSupport
internal import Glibc

/// The terminal that `MiniScreen` draws: a terminfo entry with few sequences, so that ncurses can send nothing else,
/// and a program that sends anything else is found out.
package enum TestTerminal {
    /// The entry's name, for TERM.
    package static let name = "mqscope-test"

    /// The entry as tic reads it. After a change here compile it anew and put what comes out into `compiled`:
    /// `tic -x -o DIR FILE`, then `infocmp -A DIR -Q2 -x mqscope-test`, all lines behind `b64:` as one.
    package static let source = #"""
        mqscope-test|the terminal that the tests of mqscope draw,
        	am, bce, xenl, mir, msgr,
        	cols#80, lines#24, colors#0x100, pairs#0x10000,
        	bold=\E[1m, civis=\E[?25l, clear=\E[H\E[2J, cnorm=\E[?25h, cr=\r, csr=\E[%i%p1%d;%p2%dr,
        	cub1=^H, cup=\E[%i%p1%d;%p2%dH, dim=\E[2m, ed=\E[J, el=\E[K, home=\E[H, ind=\n,
        	kbs=^?, kcub1=\EOD, kcud1=\EOB, kcuf1=\EOC, kcuu1=\EOA, kmous=\E[<,
        	op=\E[39;49m, rev=\E[7m, ri=\EM, ritm=\E[23m, rmam=\E[?7l, rmcup=\E[?1049l, rmkx=\E[?1l, rmul=\E[24m,
        	setab=\E[48;5;%p1%dm, setaf=\E[38;5;%p1%dm, sgr0=\E[m, sitm=\E[3m, smam=\E[?7h,
        	smcup=\E[?1049h, smkx=\E[?1h, smul=\E[4m,

        """#

    /// The compiled entry, for TERMINFO.
    package static let compiled =
        "b64:HgI5AB0ADwBpAdsAbXFzY29wZS10ZXN0fHRoZSB0ZXJtaW5hbCB0aGF0IHRoZSB0ZXN0cyBvZiBtcXNjb3BlIGRyYX"
        + "cAAAEAAAEAAAAAAAAAAAEBAAAAAAAAAAAAAAAAAAFQAAAA_____xgAAAD_______________________________________"
        + "______________AAEAAAAAAQD_____AAACAP__EwAbAB8A_____yMA__80ADgAPwD__0EA__________________________"
        + "9IAE0A__9WAP_______1sA__9gAP____9lAGkA________cgD__________________________3gA_____________3oA__"
        + "___________________________________________34A________ggD_______-GAIoAkAD_______________________"
        + "________________________________________________________________________________-WAJgA__________"
        + "___________________________________________5sAoQD_______________________________________________"
        + "________________________________________________________________________________________________"
        + "________________________________________________________________________________________________"
        + "________________________________________________________________________________________________"
        + "________________________________________________-nAP__________________________________sAD_______"
        + "________________-1AP____________________________________________________________________________"
        + "___________7sA________vwDNAA0AG1slaSVwMSVkOyVwMiVkcgAbW0gbWzJKABtbSwAbW0oAG1slaSVwMSVkOyVwMiVkSA"
        + "AbW0gAG1s_MjVsAAgAG1s_MjVoABtbMW0AG1s_MTA0OWgAG1sybQAbWzdtABtbNG0AG1ttABtbPzEwNDlsABtbMjRtAH8AG0"
        + "9CABtPRAAbT0MAG09BABtbPzFsABtbPzFoAAoAG00AG1s_N2gAG1s_N2wAG1szOTs0OW0AG1szbQAbWzIzbQAbWzwAG1szOD"
        + "s1OyVwMSVkbQAbWzQ4OzU7JXAxJWRtAA=="

    /// The environment of a program on this terminal, with `more` on top: C.UTF-8, and nothing of ours but the search
    /// path, the home folder and what the Swift runtime needs.
    package static func environment(_ more: [String: String] = [:]) -> [String: String] {
        var result = [
            "TERM": name, "TERMINFO": compiled, "LANG": "C.UTF-8", "SWIFT_BACKTRACE": "enable=no",
        ]
        for name in ["PATH", "HOME", "LD_LIBRARY_PATH", "TMPDIR"] {
            if let value = getenv(name) { result[name] = String(cString: value) }
        }
        return result.merging(more) { $1 }
    }
}

extension TestTerminal {
    /// Makes the entry known to this process, for tests that open a screen in it.
    package static func install() { _ = installation }

    private static let installation: Void = ctestsupport_setenv("TERMINFO", compiled)
}
