using System.CommandLine;

namespace DogCat;

/// <summary>What may be written after the program's name.</summary>
public static class CommandLine
{
    /// <summary>Runs <paramref name="train"/> or <paramref name="predict"/> and returns the exit code: 0, or 1 with the reason on the error stream.</summary>
    public static int Run(string[] args, Action<TrainOptions> train, Func<string, string[], int> predict)
    {
        try
        {
            return Create(train, predict).Parse(args).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception exception) when (exception is UserException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(exception.Message);
            return 1;
        }
    }

    private static RootCommand Create(Action<TrainOptions> train, Func<string, string[], int> predict)
    {
        var images = new Option<string?>("--images") { HelpName = "DIR", Description = "Train and test on the photographs in DIR/train/{cat,dog} and DIR/test/{cat,dog}; without it, pictures are drawn." };
        var pictures = new Option<int>("--pictures") { HelpName = "N", Description = "How many pictures to draw for training; half as many more are drawn for testing.", DefaultValueFactory = _ => 4000 };
        var seed = new Option<int>("--seed") { HelpName = "N", Description = "Which series of pictures to draw.", DefaultValueFactory = _ => 1 };
        var save = new Option<string?>("--save") { HelpName = "model.zip", Description = "Save the first trainer's model, an ordinary ML.NET model." };
        var root = new RootCommand("Tells dogs from cats: trains linear models by cross-entropy and compares them.") { images, pictures, seed, save };
        root.SetAction(arguments => train(new TrainOptions(arguments.GetValue(images), arguments.GetValue(pictures), arguments.GetValue(seed), arguments.GetValue(save))));

        var model = new Argument<string>("model.zip") { Description = "A model saved with --save." };
        var files = new Argument<string[]>("picture") { Description = "PNG or JPEG files.", Arity = ArgumentArity.OneOrMore };
        var predictCommand = new Command("predict", "Asks a saved model about pictures.") { model, files };
        predictCommand.SetAction(arguments => predict(arguments.GetRequiredValue(model), arguments.GetRequiredValue(files)));
        root.Subcommands.Add(predictCommand);
        return root;
    }
}
