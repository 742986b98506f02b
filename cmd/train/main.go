// Command train makes the text models that are embedded in the program, from folders of labelled texts. The same texts and
// seed make the same files to the bit on one kind of processor.
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/alecthomas/kong"
	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// options are the flags of every model.
type options struct {
	Model   string `arg:"" optional:"" help:"Which model: sentiment or language." default:"sentiment" enum:"sentiment,language"`
	Data    string `help:"Folder of labelled texts: <language>.train.tsv.gz and .src.gz, t2s.txt (docs/model.md says where they come from). For language: <language>.*.txt.gz." required:"" placeholder:"DIR"`
	Out     string `help:"Folder that the model files are written to." default:"enrich/data" placeholder:"DIR"`
	Licence string `help:"Which texts to learn sentiment from: all, or open, those that everybody may use for everything." enum:"all,open" default:"all"`
	Pairs   string `help:"For language: the file of Traditional and Simplified characters, when it is not t2s.txt among the texts or in ../sentiment beside them." placeholder:"FILE"`
	Seed    uint64 `help:"Of everything that is drawn by lot." default:"1"`
}

// trainers make models by their name.
var trainers = map[string]func(o options) error{
	"sentiment": trainSentiment,
	"language":  trainTongues,
}

func main() {
	var o options
	kong.Parse(&o, kong.Name("train"), kong.Description("Trains the text models that are embedded in the program."), kong.UsageOnError())
	start := time.Now()
	err := os.MkdirAll(o.Out, 0o755) // before the work, not after it
	if err == nil {
		err = trainers[o.Model](o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(1)
	}
	fmt.Printf("done in %s\n", time.Since(start).Round(time.Second))
}

// progress is a bar of so many steps; it is drawn only where somebody can see it.
func progress(name string, steps int) *progressbar.ProgressBar {
	return progressbar.NewOptions(steps,
		progressbar.OptionSetDescription(name), progressbar.OptionSetWriter(os.Stderr), progressbar.OptionSetVisibility(term.IsTerminal(int(os.Stderr.Fd()))),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
}
