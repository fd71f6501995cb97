using DogCat.Data;

namespace DogCat.Training;

/// <summary>The model that looks at no picture: it answers the training pictures' share of dogs to all.</summary>
public static class Prior
{
    /// <summary>Its log-loss on <paramref name="pictures"/>, in nats.</summary>
    public static double LogLoss(PictureSet train, PictureSet pictures)
    {
        var dogs = (double)train.Dogs / train.Count;
        return -(pictures.Dogs * Math.Log(dogs) + pictures.Cats * Math.Log(1 - dogs)) / pictures.Count;
    }

    /// <summary>The share of test pictures it tells right.</summary>
    public static double Accuracy(PictureData data) =>
        (double)(data.Train.Dogs > data.Train.Cats ? data.Test.Dogs : data.Test.Cats) / data.Test.Count;
}
