using System.IO.Compression;
using DogCat.Data;
using DogCat.Features;
using DogCat.Features.Patches;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace DogCat;

/// <summary>
/// A saved model: ML.NET's own file, which any ML.NET program loads, with one more entry in it: the patch filters that the features were
/// computed with.
/// </summary>
public static class SavedModel
{
    private const string FiltersEntry = "DogCat/PatchFilters";

    /// <summary>Saves a model that takes features. An existing file is replaced once the new one is whole.</summary>
    public static void Save(MLContext ml, ITransformer model, DataViewSchema schema, PatchFilters filters, string path)
    {
        var unfinished = path + ".unfinished";
        ml.Model.Save(model, schema, unfinished);
        using (var archive = ZipFile.Open(unfinished, ZipArchiveMode.Update))
        using (var entry = archive.CreateEntry(FiltersEntry).Open())
            entry.Write(filters.AsBytes());
        File.Move(unfinished, path, overwrite: true);
    }

    /// <summary>Loads a model saved by this program.</summary>
    /// <exception cref="UserException">The file is missing, no model, or the model of something else.</exception>
    public static (ITransformer Model, PictureFeatures Features) Load(MLContext ml, string path)
    {
        if (!File.Exists(path))
            throw new UserException($"There is no model file '{path}'. Make one with: train --save {path}");
        try
        {
            var model = ml.Model.Load(path, out var schema);
            var size = (schema?.GetColumnOrNull(nameof(FeatureRow.Features))?.Type as VectorDataViewType)?.Size;
            if (size != PictureFeatures.Count)
                throw new UserException($"'{path}' is a model of something else: it takes {size?.ToString() ?? "no"} picture features, and this program computes {PictureFeatures.Count}.");
            return (model, new PictureFeatures(LoadFilters(path)));
        }
        catch (Exception exception) when (exception is not (UserException or OutOfMemoryException))
        {
            throw new UserException($"'{path}' is not a model that this ML.NET can load: {exception.Message} ({Host.Description})");
        }
    }

    private static PatchFilters LoadFilters(string path)
    {
        using var archive = ZipFile.OpenRead(path);
        var entry = archive.GetEntry(FiltersEntry)
            ?? throw new UserException($"'{path}' is a model of something else: it has no entry {FiltersEntry}, the filters that features are computed with.");
        using var stream = entry.Open();
        return PatchFilters.Read(stream);
    }
}
