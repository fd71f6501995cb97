using System.Globalization;
using BenchmarkDotNet.Running;
using MLNet.CrossEntropy;
using MLNet.CrossEntropy.Benchmarks;

try
{
    return Run(args is [string command, ..] ? command : "help", args);
}
catch (Exception error) when (error is ArgumentException or IOException)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}

static int Run(string command, string[] args)
{
    switch (command)
    {
        case "roofline":
            Roofline.Print(Console.Out);
            return 0;
        case "data":
            DataSummary.Print(Console.Out, DataFolder.FromArguments(args));
            return 0;
        case "compare":
            Comparison.Print(Console.Out, DataFolder.FromArguments(args), [.. args.Skip(1).Where(Comparison.DataSets.Contains)]);
            return 0;
        case "evaluate":
            EvaluationSpeed.Print(Console.Out, args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1_000_000);
            return 0;
        case "optimum":
            StrictOptimum.Print(Console.Out, DataFolder.FromArguments(args));
            return 0;
        case "cluster":
            using (var cluster = MpiCluster.Join())
                ClusterPasses.Print(Console.Out, cluster, () => (cluster.BytesSent, cluster.MessagesSent));
            return 0;
        case "cluster-model":
            ClusterModel.Print(Console.Out, args.Length > 1 ? args[1] : "benchmarks/results/README.md");
            return 0;
        case "tables":
            TableBenchmark.Print(Console.Out, args);
            return 0;
        case "penalty":
            PenaltyBenchmark.Print(Console.Out, args);
            return 0;
        case "kernels":
            BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args[1..]);
            return 0;
        default:
            Console.WriteLine(Help);
            return command == "help" ? 0 : 1;
    }
}

internal partial class Program
{
    private const string Help =
        """
        dotnet run -c Release --project benchmarks/MLNet.CrossEntropy.Benchmarks -- COMMAND

          roofline          stream bandwidth and float FMA peak of this machine, on 1 and 2 threads
          data --data DIR   reads the real data sets in DIR and prints their sizes
          compare --data DIR [a9a] [20newsgroups] [fashion-mnist]
                            fits by ML.NET's own trainers and by ours: time, cross-entropy, accuracy
          evaluate [ROWS]   evaluates 1,000,000 scored rows of 10 classes, and of 2, by ML.NET's own evaluator and by ours, and four times as many
          optimum --data DIR
                            time to an objective within 0.01 % of the least there is, beside LBFGS
          cluster           a pass over rows, with its bytes and messages, on the ranks that mpirun has started
          cluster-model [FILE]
                            the same foretold for 8 to 1,024 ranks, from the lines of `cluster` in a file (benchmarks/results/README.md)
          tables [--rows N] [--data DIR] [NAME...]
                            how far fits end from the optimum on tables that are hard for one reason each, and how long they take, beside LBFGS
          penalty [--data DIR] [NAME...]
                            what the penalty that chooses itself is worth: test log-loss against the best of a grid, and its price
          kernels [...]     BenchmarkDotNet on the kernels; what follows is passed on, as in: kernels --filter '*Step*'
        """;
}
