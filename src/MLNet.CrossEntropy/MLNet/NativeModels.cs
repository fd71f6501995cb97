using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.ML;
using Microsoft.ML.Calibrators;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;
using CalibratedBinaryModel = Microsoft.ML.Calibrators.CalibratedModelParametersBase<
    Microsoft.ML.Trainers.LinearBinaryModelParameters, Microsoft.ML.Calibrators.PlattCalibrator>;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>
/// The only door into ML.NET's internals. It makes ML.NET's own model types, whose constructors are internal, so that what
/// our trainers return saves, loads, exports and explains itself like any built-in trainer's model.
/// </summary>
internal static class NativeModels
{
    /// <summary>
    /// The versions of Microsoft.ML that the package depends on, as NuGet writes a range; the project file says it once for both.
    /// </summary>
    internal static string SupportedVersions { get; } = typeof(NativeModels).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == nameof(SupportedVersions)).Value!;

    /// <summary>The version of Microsoft.ML that runs; its assembly version is 1.0.0.0 in every release.</summary>
    internal static string? Version { get; } =
        typeof(MLContext).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];

    /// <summary>The environment (log, seed) of the MLContext that a trainers catalog belongs to.</summary>
    public static IHostEnvironment EnvironmentOf(TrainCatalogBase.CatalogInstantiatorBase trainers)
    {
        ArgumentNullException.ThrowIfNull(trainers);
        return Reach(() => GetEnvironment(GetOwner(trainers)));
    }

    /// <summary>The environment (log, seed) of the MLContext that a task's catalog belongs to.</summary>
    public static IHostEnvironment EnvironmentOf(TrainCatalogBase catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return Reach(() => GetEnvironment(catalog));
    }

    /// <summary>Whether the MLContext that <paramref name="environment"/> belongs to was cancelled.</summary>
    public static bool IsCancelled(IHostEnvironment environment)
        => environment.GetType().GetInterface("Microsoft.ML.Runtime.ICancelable")?.GetProperty("IsCanceled")?.GetValue(environment) is true;

    /// <summary>Cancels an MLContext, and with it whatever trains in it.</summary>
    public static void Cancel(MLContext context) => Reach(() =>
    {
        CancelExecution(context);
        return true;
    });

    /// <summary>What ML.NET should know of a trainer: whether it wants normalised features, and its data cached.</summary>
    public static TrainerInfo Info(bool needsNormalization, bool wantsCaching)
        => Reach(
            () => NewTrainerInfo(
            needsNormalization, calibration: false, wantsCaching, supportValid: false, supportIncrementalTrain: false, supportTest: false));

    /// <summary>
    /// What <paramref name="builtIn"/>, a built-in trainer over the same columns, promises to add to <paramref name="inputSchema"/>, its
    /// <paramref name="label"/> taken for one of the type that the built-in trainer takes: the promise holds for more types than that.
    /// </summary>
    public static SchemaShape OutputShape(
        IEstimator<ITransformer> builtIn, SchemaShape inputSchema, SchemaShape.Column label, SchemaShape.Column asBuiltIn)
        => Replace(builtIn.GetOutputSchema(Replace(inputSchema, asBuiltIn)), label);

    /// <summary>A maximum entropy model: <c>softmax(W x + b)</c>.</summary>
    /// <param name="environment">Where the model registers itself.</param>
    /// <param name="weights">W, <c>[classes, features]</c>, row-major.</param>
    /// <param name="biases">b, <c>[classes]</c>.</param>
    /// <param name="classNames">The names of the classes, for summaries of the model; null when they have none.</param>
    public static MaximumEntropyModelParameters MaximumEntropy(
        IHostEnvironment environment, float[] weights, float[] biases, string[]? classNames)
    {
        var features = weights.Length / biases.Length;
        return Reach(() => NewMaximumEntropy(environment, Rows(weights, features), biases, biases.Length, features, classNames, null));
    }

    /// <summary>A linear model of several outputs that are no probabilities: <c>W x + b</c>.</summary>
    /// <param name="environment">Where the model registers itself.</param>
    /// <param name="weights">W, <c>[outputs, features]</c>, row-major.</param>
    /// <param name="biases">b, <c>[outputs]</c>.</param>
    /// <param name="names">The names of the outputs, for summaries of the model; null when they have none.</param>
    public static LinearMulticlassModelParameters Linear(IHostEnvironment environment, float[] weights, float[] biases, string[]? names)
    {
        var features = weights.Length / biases.Length;
        return Reach(() => NewLinearMulticlass(environment, Rows(weights, features), biases, biases.Length, features, names, null));
    }

    /// <summary>The transforms of the MLContext that <paramref name="environment"/> belongs to.</summary>
    public static TransformsCatalog TransformsOf(IHostEnvironment environment) => Reach(() => NewTransforms(environment));

    /// <summary>A column as schemas promise it.</summary>
    public static SchemaShape.Column ShapeColumn(
        string name, SchemaShape.Column.VectorKind kind, DataViewType itemType, bool isKey, SchemaShape annotations)
        => Reach(() => NewShapeColumn(name, kind, itemType, isKey, annotations));

    /// <summary>The shape with a column of the same name put in <paramref name="replacement"/>'s place.</summary>
    private static SchemaShape Replace(SchemaShape schema, SchemaShape.Column replacement)
        => new(schema.Select(column => column.Name == replacement.Name ? replacement : column));

    /// <summary>Wraps a multiclass model into the transformer that scores rows with it.</summary>
    public static MulticlassPredictionTransformer<T> Multiclass<T>(
        IHostEnvironment environment, T model, DataViewSchema trainSchema, string featureColumn, string labelColumn)
        where T : class
        => Reach(() => Of<T>.NewMulticlass(environment, model, trainSchema, featureColumn, labelColumn, "Score", "PredictedLabel"));

    /// <summary>A logistic regression model: <c>sigmoid(w x + b)</c>.</summary>
    /// <param name="environment">Where the model registers itself.</param>
    /// <param name="weights">w, <c>[features]</c>.</param>
    /// <param name="bias">b.</param>
    public static CalibratedBinaryModel LogisticRegression(IHostEnvironment environment, float[] weights, float bias)
        => Reach(() =>
        {
            var vector = new VBuffer<float>(weights.Length, weights);
            var linear = NewLinearBinary(environment, in vector, bias, null);

            // Platt's sigmoid with slope -1 and offset 0 is the logistic function itself.
            return (CalibratedBinaryModel)NewCalibrated(environment, linear, NewPlatt(environment, slope: -1, offset: 0));
        });

    /// <summary>Wraps a binary model into the transformer that scores rows with it.</summary>
    public static BinaryPredictionTransformer<T> Binary<T>(
        IHostEnvironment environment, T model, DataViewSchema trainSchema, string featureColumn)
        where T : class
        => Reach(() => Of<T>.NewBinary(environment, model, trainSchema, featureColumn, threshold: 0, "Score"));

    /// <summary>The schema, annotations included, of the data that a prediction transformer was made for.</summary>
    public static DataViewSchema TrainSchemaOf(ITransformer transformer) => (DataViewSchema)Field(transformer, "TrainSchema")!;

    /// <summary>The name of the score column that a multiclass transformer adds.</summary>
    public static string ScoreColumnOf(ITransformer transformer) => (string)Field(transformer, "_scoreColumn")!;

    /// <summary>In which uses of a chain each of its transformers takes part.</summary>
    public static TransformerScope[] ScopesOf(ITransformer chain) => (TransformerScope[])Field(chain, "_scopes")!;

    /// <summary>The class names in a multiclass model itself; null when it has none.</summary>
    public static string[]? LabelNamesOf(LinearMulticlassModelParametersBase model) => Reach(() => GetLabelNames(model));

    /// <summary>The same prediction by another model: the same columns, named after the same training data.</summary>
    public static MulticlassPredictionTransformer<MaximumEntropyModelParameters> WithModel(
        IHostEnvironment environment, ISingleFeaturePredictionTransformer<object> transformer, MaximumEntropyModelParameters model)
        => Reach(() => Of<MaximumEntropyModelParameters>.NewMulticlass(
            environment, model, TrainSchemaOf(transformer), transformer.FeatureColumnName,
            (string?)Field(transformer, "_trainLabelColumn"), ScoreColumnOf(transformer),
                (string)Field(transformer, "_predictedLabelColumn")!));

    /// <summary>
    /// The same prediction by another model, whose scores are the old ones times <paramref name="scale"/> plus
    /// <paramref name="offset"/>.
    /// </summary>
    /// <remarks>A threshold that was moved away from 0, where both classes are as likely, moves with the scores.</remarks>
    public static BinaryPredictionTransformer<CalibratedBinaryModel> WithModel(
        IHostEnvironment environment, ISingleFeaturePredictionTransformer<object> transformer, CalibratedBinaryModel model, double scale,
            double offset)
    {
        var threshold = (float)Field(transformer, "Threshold")!;
        var column = (string)Field(transformer, "ThresholdColumn")!;
        if (column == "Score" && threshold != 0)
            threshold = (float)(scale * threshold + offset);
        return Reach(() => Of<CalibratedBinaryModel>.NewBinary(
            environment, model, TrainSchemaOf(transformer), transformer.FeatureColumnName, threshold, column));
    }

    private static VBuffer<float>[] Rows(float[] weights, int features)
        => [.. weights.Chunk(features).Select(row => new VBuffer<float>(features, row))];

    /// <summary>The calibrated model's very type is internal, so it is made by name.</summary>
    private static object NewCalibrated(IHostEnvironment environment, LinearBinaryModelParameters model, PlattCalibrator calibrator)
    {
        var open =
            typeof(PlattCalibrator).Assembly.GetType(
            "Microsoft.ML.Calibrators.ParameterMixingCalibratedModelParameters`2", throwOnError: true)!;
        var closed = open.MakeGenericType(typeof(LinearBinaryModelParameters), typeof(PlattCalibrator));
        const BindingFlags anyConstructor =
            BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DoNotWrapExceptions;
        return Activator.CreateInstance(closed, anyConstructor, null, [environment, model, calibrator], null)!;
    }

    // UnsafeAccessor needs the type parameter of a generic type, which is not known of a transformer that was loaded.
    private static object? Field(object target, string name)
        => Reach(() =>
        {
            for (var type = target.GetType(); type is not null; type = type.BaseType)
            {
                if (type.GetField(
                    name, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly) is { } field)
                    return field.GetValue(target);
            }
            throw new MissingFieldException(target.GetType().FullName, name);
        });

    /// <summary>Runs <paramref name="make"/>; when an internal it needs is not there, says so in one clear error.</summary>
    internal static T Reach<T>(Func<T> make)
    {
        try
        {
            return make();
        }
        catch (Exception missing) when (missing is MissingMemberException or TypeLoadException)
        {
            throw ColumnErrors.UnsupportedMLNet(SupportedVersions, Version, missing);
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Owner")]
    private static extern TrainCatalogBase GetOwner(TrainCatalogBase.CatalogInstantiatorBase trainers);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Environment")]
    private static extern IHostEnvironment GetEnvironment(TrainCatalogBase catalog);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "CancelExecution")]
    private static extern void CancelExecution(MLContext context);

    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern TrainerInfo NewTrainerInfo(
        bool normalization, bool calibration, bool caching, bool supportValid, bool supportIncrementalTrain, bool supportTest);

    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern SchemaShape.Column NewShapeColumn(
        string name, SchemaShape.Column.VectorKind kind, DataViewType itemType, bool isKey, SchemaShape annotations);

    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern MaximumEntropyModelParameters NewMaximumEntropy(
        IHostEnvironment environment, VBuffer<float>[] weights, float[] bias, int classes, int features, string[]? labelNames,
            ModelStatisticsBase? statistics);

    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern LinearMulticlassModelParameters NewLinearMulticlass(
        IHostEnvironment environment, VBuffer<float>[] weights, float[] bias, int classes, int features, string[]? labelNames,
            ModelStatisticsBase? statistics);

    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern TransformsCatalog NewTransforms(IHostEnvironment environment);

    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern LinearBinaryModelParameters NewLinearBinary(
        IHostEnvironment environment, in VBuffer<float> weights, float bias, ModelStatisticsBase? statistics);

    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern PlattCalibrator NewPlatt(IHostEnvironment environment, double slope, double offset);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_labelNames")]
    private static extern ref string[]? GetLabelNames(LinearMulticlassModelParametersBase model);

    /// <summary>Accessors of generic types sit in a generic class with the same type parameter.</summary>
    private static class Of<T>
        where T : class
    {
        [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
        public static extern MulticlassPredictionTransformer<T> NewMulticlass(
            IHostEnvironment environment, T model, DataViewSchema trainSchema, string featureColumn, string? labelColumn,
                string scoreColumn, string predictedLabel);

        [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
        public static extern BinaryPredictionTransformer<T> NewBinary(
            IHostEnvironment environment, T model, DataViewSchema trainSchema, string featureColumn, float threshold,
                string thresholdColumn);
    }
}
