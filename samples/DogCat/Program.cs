using System.Diagnostics;
using DogCat;
using DogCat.Data;
using DogCat.Pictures;
using DogCat.Training;
using Microsoft.ML;

return CommandLine.Run(args, Train, Predict);

static void Train(TrainOptions options)
{
    Report.Host();
    options.Check();

    // 1. Pictures become rows: a label and the numbers ("features") computed from the pixels.
    Report.Reading(options);
    var watch = Stopwatch.StartNew();
    PictureData data = options.Images is { } folder
        ? PictureFolder.Load(folder)
        : DrawnData.Draw(options.Seed, train: options.Pictures, test: options.Pictures / 2);
    Report.Data(data, watch.Elapsed);

    // 2. Each trainer learns from the same rows, at the end of the same pipeline (see MulticlassContender.cs).
    var ml = new MLContext(seed: 1);
    IDataView train = Example.ToDataView(ml, data.Train.Examples);
    IDataView test = Example.ToDataView(ml, data.Test.Examples);
    List<Result> results = [];
    foreach (Contender contender in Contenders.All)
    {
        Report.Starting(contender);
        results.Add(contender.Run(ml, train, test, new EpochLines()));
        Report.Finished(results[^1]);
    }

    // 3. Whose probabilities fit the test pictures best?
    Report.Results(results, data);

    // 4. The model is ML.NET's own: any ML.NET program can load it.
    if (options.Save is { } path)
    {
        ml.Model.Save(results[0].Model, train.Schema, path);
        Report.Saved(results[0], path);
    }
}

static int Predict(string modelPath, string[] pictures)
{
    var ml = new MLContext();
    ITransformer model = Prediction.LoadModel(ml, modelPath);
    int refused = 0;
    foreach (string path in pictures)
    {
        try
        {
            Report.Prediction(path, Prediction.Of(ml, model, PictureFile.Load(path)));
        }
        catch (PictureException exception)
        {
            Console.Error.WriteLine(exception.Message);
            refused++;
        }
    }
    return refused == 0 ? 0 : 1;
}
